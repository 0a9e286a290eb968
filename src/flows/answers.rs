//! Reads a person's free words as one of a question's answers: the option itself, its synonyms, its number, yes and no in
//! their many forms, a quantity, a typo. It never guesses: what fits two answers equally well is unclear.
//!
//! One function reads answers from the lane and from the chat, so that the same words always mean the same branch; the
//! caller asks how sure it is, since a chat message need not be an answer at all.

use super::format::{Answer, NOT_SURE, Question};
use super::numbers::number_in;
use super::reply::shorten;
use super::words::{
    begins_with, clauses, find, first_of, has, is_close, is_negated, is_negator, plain, share, stems, words,
};
use super::yes_no::{beyond_unsure, is_unsure, yes_or_no};

/// How sure a reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sureness {
    /// Some words in common.
    Weak,
    /// Says it, among other things.
    Strong,
    /// Says it and nothing else.
    Exact,
}

/// Letters of an answer that are looked at.
const LOOK_AT: usize = 4_000;
/// Words; a longer text is a report, which no likeness of single words should decide.
const LONG: usize = 60;

#[rustfmt::skip]
const NONE_OF_THESE: &[&str] = &[
    "none of these", "none of them", "none of those", "none of the above", "something else", "other", "another",
    "neither of these", "neither", "none",
];
const ORDINALS: &[(&str, usize)] =
    &[("first", 0), ("second", 1), ("third", 2), ("fourth", 3), ("fifth", 4), ("1st", 0), ("2nd", 1), ("3rd", 2)];
/// One person has it, as people say it.
#[rustfmt::skip]
const ONE_PERSON: &[&str] = &[
    "shes the only one", "hes the only one", "im the only one", "she is the only one", "he is the only one",
    "i am the only one", "user is the only one", "the only person", "only her", "only him", "only she", "only he", "only me",
    "only for her", "only for him", "only for me", "only this user", "only the user", "only one user", "only one person",
    "just her", "just him", "just me", "just for her", "just for him", "just this user", "just one user",
    "nobody else has it", "nobody else has this", "nobody else has that", "nobody else has the problem",
    "nobody else has the same", "nobody else has any problems", "nobody else has problems", "nobody else reports",
    "everyone else is fine", "everybody else is fine", "everyone else can", "everybody else can", 
     "all others are fine", "the others are fine", "everyone else connects", "everybody else connects",
    "nobody else has complained", "nobody else has reported", "nobody else is affected", "nobody else complains",
];
/// The same as options say it, which for their question may be one device.
const OF_ONE: &[&str] =
    &["one person", "only me", "just me", "only mine", "just mine", "just one user", "only one user", "only this user"];
/// More than one has it, as people say it and as options do.
const MANY: &[&str] = &["several", "many", "multiple", "more than one", "everyone", "everybody", "a few"];
const OF_MANY: &[&str] = &["several", "many", "multiple", "a few", "others get it too"];
/// All the words of "no, it is just this one user".
#[rustfmt::skip]
const JUST_ONE: &[&str] = &[
    "one", "single", "just", "only", "the", "this", "a", "of", "them", "it", "is", "its", "user", "person", "device", "pc",
];
/// Behind a thing: it is not what is meant.
const WELL: &[&str] = &["fine", "ok", "okay", "free", "low", "normal", "good", "idle", "healthy"];
const BEFORE_WELL: &[&str] =
    &["is", "are", "was", "looks", "seems", "has", "usage", "use", "space", "still", "also", "gb", "mb"];

/// Which answer of the question the text means, and how sure that is.
pub fn read_answer(question: &Question, text: &str) -> Option<(usize, Sureness)> {
    let text = &shorten(text, LOOK_AT);
    let said = words(&plain(text).replace("no one else", "nobody else"));
    let last = question.answers.len().checked_sub(1)?;
    if said.is_empty() {
        return text.contains('?').then_some((last, Sureness::Exact));
    }
    // "who can still print": there "only her" names the one that is well
    let who_can = begins_with(&words(&question.text), &["who can"]);
    let more = is_more(&said) || (who_can && first_of(&said, ONE_PERSON).is_some());
    let reader = Reader { question, text, said, more };
    let exactly = |answer: usize| (answer, Sureness::Exact);
    reader
        .option()
        .or_else(|| reader.by_number())
        .or_else(|| reader.synonym())
        .or_else(|| reader.by_count().filter(|_| !who_can))
        .map(exactly)
        .or_else(|| reader.by_quantity())
        .or_else(|| reader.unsure(last))
        .or_else(|| reader.by_phrase().or_else(|| reader.by_person()).map(|answer| (answer, Sureness::Strong)))
        .or_else(|| reader.by_yes_or_no())
        .or_else(|| reader.none_of_these().then_some((last, Sureness::Strong)))
        .or_else(|| reader.by_typo().map(|answer| (answer, Sureness::Strong)))
        .or_else(|| reader.by_shared_words().map(|answer| (answer, Sureness::Weak)))
}

/// "More than just her", "only her and a colleague", "it was only him, now all": not just the one that is named.
fn is_more(said: &[String]) -> bool {
    let others = ["and", "plus", "also", "but also", "now", "then", "at first", "until", "can", "could"];
    let with_others = |phrase: Vec<String>| {
        let Some(at) = find(said, &phrase) else { return false };
        let mut before = said.iter().take(at).rev().take(3);
        let behind = said.get(at + phrase.len()..).unwrap_or_default();
        before.any(|word| matches!(word.as_str(), "than" | "first" | "initially" | "was" | "used"))
            || begins_with(behind, &others)
    };
    first_of(said, &["not only", "not just", "isnt only", "isnt just", "more than one", "was the only"]).is_some()
        || ONE_PERSON.iter().any(|phrase| with_others(words(phrase)))
}

struct Reader<'q> {
    question: &'q Question,
    text: &'q str,
    said: Vec<String>,
    /// Whether one person is named, but not as the only one that has the problem.
    more: bool,
}

impl Reader<'_> {
    fn answers(&self) -> impl Iterator<Item = (usize, &Answer)> {
        self.question.answers.iter().enumerate()
    }

    /// The option and nothing else.
    fn option(&self) -> Option<usize> {
        let said = self.said.join(" ");
        self.answers().find(|(_, answer)| plain(&answer.option) == said).map(|(at, _)| at)
    }

    /// A synonym of one option and nothing else.
    fn synonym(&self) -> Option<usize> {
        let said = self.said.join(" ");
        only(
            self.answers()
                .filter(|(_, answer)| answer.says.iter().chain(&answer.described).any(|word| plain(word) == said)),
        )
        .map(|(at, _)| at)
    }

    /// `2`, `#2`, `option 2`, `the second one`, `the last`.
    fn by_number(&self) -> Option<usize> {
        let named = self.said.iter().any(|word| matches!(word.as_str(), "option" | "number" | "answer" | "nr"));
        let filler =
            ["option", "number", "answer", "nr", "the", "one", "i", "pick", "choose", "take", "it", "is", "its"];
        let mut rest = self.said.iter().filter(|word| !filler.contains(&word.as_str()));
        let (word, None) = (rest.next()?, rest.next()) else {
            return None;
        };
        let count = self.question.answers.len();
        if word == "last" {
            return count.checked_sub(1);
        }
        if let Some((_, at)) = ORDINALS.iter().find(|(ordinal, _)| ordinal == word) {
            return (*at < count).then_some(*at);
        }
        let signed = self.text.trim_start().starts_with('-');
        if signed || (self.question.is_numeric() && !named && !self.text.contains('#')) {
            return None;
        }
        word.parse::<usize>().ok()?.checked_sub(1).filter(|at| *at < count)
    }

    /// A quantity, where the question takes one.
    fn by_quantity(&self) -> Option<(usize, Sureness)> {
        if !self.question.is_numeric() {
            return None;
        }
        let number = number_in(self.text, &self.question.text)?;
        let (at, _) = self.answers().find(|(_, answer)| {
            (answer.below.is_some() || answer.from.is_some())
                && answer.below.is_none_or(|below| number < below)
                && answer.from.is_none_or(|from| number >= from)
        })?;
        Some((at, if self.said.len() <= 6 { Sureness::Exact } else { Sureness::Strong }))
    }

    /// *Not sure*, unless the text goes on to say which one it is.
    fn unsure(&self, last: usize) -> Option<(usize, Sureness)> {
        let beyond = || read_answer(self.question, beyond_unsure(self.text)?);
        is_unsure(self.text).then(|| beyond().unwrap_or((last, Sureness::Strong)))
    }

    /// "She's the only one", where one option is about a single person.
    fn by_person(&self) -> Option<usize> {
        let says = !self.more && ONE_PERSON.iter().any(|phrase| self.says(&words(phrase)));
        let is_one = |answer: &Answer| self.phrases(answer).any(|phrase| first_of(&phrase, OF_ONE).is_some());
        only(self.answers().filter(|(_, answer)| says && is_one(answer))).map(|(at, _)| at)
    }

    /// "No, several", "no, just one": how many have it, whichever of the two the question takes a no for.
    fn by_count(&self) -> Option<usize> {
        let (no, rest) = self.said.split_first()?;
        let is_nobody = clauses(self.text).next().is_some_and(|clause| begins_with(&clause, &["no one"]));
        let others = ["not", "none", "can", "work", "works", "fine", "ok", "well"];
        let of = |counts: &[&str]| {
            let counted = |text: &String| first_of(&words(text), counts).is_some();
            let answers = self.answers().filter(|(_, answer)| answer.says.iter().chain([&answer.option]).any(counted));
            only(answers).map(|(at, _)| at)
        };
        let (one, many) = (of(OF_ONE)?, of(OF_MANY)?);
        let is_one =
            first_of(rest, &["one", "single"]).is_some() && rest.iter().all(|word| JUST_ONE.contains(&word.as_str()));
        match () {
            () if !matches!(no.as_str(), "no" | "nope") || rest.len() > 5 || one == many => None,
            // "no one" is nobody
            () if first_of(rest, &others).is_some() || is_nobody => None,
            () if first_of(rest, MANY).is_some() => Some(many),
            () => is_one.then_some(one),
        }
    }

    fn none_of_these(&self) -> bool {
        self.said.len() <= 4 && begins_with(&self.said, NONE_OF_THESE)
    }

    /// An option or a synonym among other words, not turned round by a negation before it.
    fn by_phrase(&self) -> Option<usize> {
        let yes = yes_or_no(self.text);
        let (mut best, mut tie): (Option<(usize, usize)>, bool) = (None, false);
        for (at, answer) in self.answers().filter(|(_, answer)| agrees(answer, yes)) {
            let phrases = self.phrases(answer).chain(self.apt(answer, &answer.described));
            let said = phrases.filter(|phrase| self.says(phrase));
            let Some(length) = said.map(|phrase| phrase.len()).max() else { continue };
            match best {
                Some((_, most)) if length < most => {}
                Some((_, most)) if length == most => tie = true,
                _ => (best, tie) = (Some((at, length)), false),
            }
        }
        best.filter(|_| !tie).map(|(at, _)| at)
    }

    /// What an answer is called.
    fn phrases<'a>(&'a self, answer: &'a Answer) -> impl Iterator<Item = Vec<String>> + 'a {
        self.apt(answer, answer.says.iter().chain([&answer.option]))
    }

    /// Phrases for an answer without what its thing is said to be well of, and what means just one where it is more.
    fn apt<'a>(
        &'a self,
        answer: &'a Answer,
        phrases: impl IntoIterator<Item = &'a String> + 'a,
    ) -> impl Iterator<Item = Vec<String>> + 'a {
        let of_one = |phrase: &[String]| first_of(phrase, &["only", "just", "one", "single"]).is_some();
        let phrases = phrases.into_iter().map(|phrase| words(phrase));
        phrases.filter(move |phrase| !(self.is_well(phrase, answer) || (self.more && of_one(phrase))))
    }

    fn says(&self, phrase: &[String]) -> bool {
        let lone_yes_or_no = matches!(phrase, [word] if yes_or_no(word).is_some());
        let Some(at) = find(&self.said, phrase).filter(|_| !lone_yes_or_no) else {
            return false;
        };
        // "nobody else" is not "nobody"
        let but_one = self.said.get(at + phrase.len()).is_some_and(|word| word == "else");
        let mut before = self.said.iter().take(at).rev().take(3);
        // "no, it works" negates nothing; "does not work" does
        let negated = before.any(|word| is_negator(word) && !matches!(word.as_str(), "no" | "nope"));
        !but_one && (!negated || is_negated(phrase))
    }

    /// "Disk is fine", "memory has 4 GB free": a thing that is named to say that it is not the one.
    fn is_well(&self, phrase: &[String], answer: &Answer) -> bool {
        let ([_], Some(at)) = (phrase, find(&self.said, phrase)) else {
            return false;
        };
        let between = |word: &&String| BEFORE_WELL.contains(&word.as_str()) || word.parse::<u32>().is_ok();
        let mut after = self.said.iter().skip(at + 1).skip_while(between);
        polarity_of(answer) != Some(true) && after.next().is_some_and(|word| WELL.contains(&word.as_str()))
    }

    fn by_yes_or_no(&self) -> Option<(usize, Sureness)> {
        let yes = yes_or_no(self.text).filter(|yes| !self.more || (*yes && has(&self.said, "more than one")))?;
        let same: Vec<(usize, &Answer)> =
            self.answers().filter(|(_, answer)| polarity_of(answer) == Some(yes)).collect();
        let bare = self.said.len() <= 3;
        // A no behind which only the persons are counted was said to another question, as to nobody who asks "who".
        let counts = first_of(&self.said, ONE_PERSON).is_some() && !self.is_of_persons();
        if !bare && (counts || begins_with(&words(&self.question.text), &["who"])) {
            return None;
        }
        let sureness = if bare { Sureness::Exact } else { Sureness::Strong };
        match same.as_slice() {
            [] if !yes && bare => Some((self.question.answers.len().checked_sub(1)?, sureness)),
            [] => None,
            [(at, _)] => Some((*at, sureness)),
            several => {
                let word = if yes { "yes" } else { "no" };
                let marked =
                    only(several.iter().filter(|(_, answer)| answer.says.iter().any(|said| plain(said) == word)));
                let named = || only(several.iter().filter(|(_, answer)| plain(&answer.option) == word));
                let chosen = if bare { named().or(marked).map(|(at, _)| *at) } else { None };
                let told = || self.most_shared(several.iter().map(|(at, answer)| (*at, *answer)), 0.34, 0.1);
                Some((chosen.or_else(told)?, sureness))
            }
        }
    }

    /// Whether the options tell one person from several.
    fn is_of_persons(&self) -> bool {
        self.answers().any(|(_, answer)| self.phrases(answer).any(|phrase| first_of(&phrase, OF_ONE).is_some()))
    }

    fn by_typo(&self) -> Option<usize> {
        let said = self.said.join(" ");
        if said.chars().count() < 4 || self.said.len() > LONG {
            return None;
        }
        let close =
            |answer: &Answer| answer.says.iter().chain([&answer.option]).any(|text| is_close(&plain(text), &said));
        only(self.answers().filter(|(_, answer)| close(answer))).map(|(at, _)| at)
    }

    fn by_shared_words(&self) -> Option<usize> {
        if self.said.len() > LONG {
            return None;
        }
        let yes = yes_or_no(self.text);
        self.most_shared(self.answers().filter(|(_, answer)| agrees(answer, yes)), 0.6, 0.2)
    }

    /// The one answer that clearly shares the most words with what was said.
    fn most_shared<'a>(
        &self,
        answers: impl Iterator<Item = (usize, &'a Answer)>,
        enough: f64,
        lead: f64,
    ) -> Option<usize> {
        let (said, said_turns) = (stems(&self.said), turns(&self.said));
        let score = |answer: &Answer| {
            let counts = |stem: &String| matches!(stem.as_str(), "only" | "one");
            self.phrases(answer)
                .filter(|phrase| turns(phrase) == said_turns)
                .map(|phrase| stems(&phrase))
                // "only me" is not said by whatever has an "only" in it
                .filter(|phrase| !phrase.iter().all(counts))
                .map(|phrase| share(&said, &phrase))
                .fold(0.0, f64::max)
        };
        let mut scores: Vec<(usize, f64)> = answers.map(|(at, answer)| (at, score(answer))).collect();
        scores.sort_by(|one, other| other.1.total_cmp(&one.1));
        let (at, best) = *scores.first()?;
        let next = scores.get(1).map_or(0.0, |(_, score)| *score);
        (best >= enough && best - next >= lead).then_some(at)
    }
}

/// What an option says first, or is said to mean.
fn polarity_of(answer: &Answer) -> Option<bool> {
    if answer.option == NOT_SURE {
        return None;
    }
    let option = words(&answer.option);
    let says = |word: &str| answer.says.iter().any(|said| plain(said) == word);
    match option.first().map(String::as_str) {
        Some("yes") => Some(true),
        Some("no" | "none" | "nothing" | "never" | "nobody" | "neither") => Some(false),
        _ if says("yes") => Some(true),
        _ if says("no") => Some(false),
        _ => None,
    }
}

fn agrees(answer: &Answer, yes: Option<bool>) -> bool {
    !matches!((polarity_of(answer), yes), (Some(one), Some(other)) if one != other)
}

/// How often the words of a text are turned round, where what it is without turns them but once and cancels no other
/// negation: "without internet" is "no internet", and "doesn't work without the dock" is no "works".
fn turns(said: &[String]) -> usize {
    let (without, others): (Vec<_>, Vec<_>) =
        said.iter().filter(|word| is_negator(word)).partition(|word| *word == "without");
    others.len() % 2 + usize::from(!without.is_empty())
}

/// The item of an iterator that has exactly one.
fn only<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    let first = items.next()?;
    items.next().is_none().then_some(first)
}
