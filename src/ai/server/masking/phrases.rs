//! Passphrases: several words that mean nothing together, told apart from a sentence about a password.
//!
//! In quotes any words are one that do not say how the password is (*the password is “not accepted”*). Without quotes they have to go on
//! to where the line or the sentence ends, and be none that sentences are made of.

use super::{
    checks::{self, Hit},
    placeholder,
};

/// How a password is, or what became of it.
const STATUS: &str = "
    not no never expired expires expire expiring accepted incorrect wrong invalid required denied rejected refused
    failed fails locked disabled changed reset forgotten forgot unknown missing empty blank must cannot can't don't
    doesn't isn't wasn't match matches nicht kein keine falsch abgelaufen ungültig vergessen gesperrt leer";

/// What sentences are made of, and sentences about passwords above all.
const PROSE: &str = "
    a an the this that these those it its he she they we you i me him her them us my your his their our and or but
    so because while if when then than as is are was were be been being has have had does do did will would can
    could should may might of in on at to for from with without by via using about after before since until till
    during between within under over below above behind beside again still already also too very quite only just
    even both all each every any some there here everywhere elsewhere else now today yesterday tomorrow soon later
    always often once twice ago last next first second monday tuesday wednesday thursday friday saturday sunday day
    days week weeks month months year years hour hours minute minutes time times am pm characters chars digits
    letters long longer short shorter old older strong weak same different please thanks thank sorry see ask asks
    asked try tries tried call use used uses works work working worked fine okay ok stored saved kept written
    printed known shown sent given shared synced typed entered needed taken cached managed protected generated set
    updated provided requested prompted automatically correctly successfully locally manually centrally randomly
    regularly recently usually probably apparently really properly directly immediately actually finally valid
    sensitive secure secret password passwords passwort passphrase confirm user username login account email mail
    domain server host error errors code message prompt popup window dialog screen keeps asking gives shows says der
    die das den dem ein eine und oder aber ist sind war wird hat haben im am auf bei mit ohne von vom für zu zum zur
    nach vor seit bis er sie es wir ich noch schon auch nur wieder heute gestern morgen immer bitte";

/// Longer is a text.
const LONGEST: usize = 128;

/// Where a sentence could go on: so many words are seldom a sentence without any of its words, fewer with a password among them.
/// *Is giving …* and *was migrated …* go on.
pub fn in_a_sentence(hit: Hit<'_>) -> bool {
    let odd = hit.value.split_whitespace().any(like_a_password);
    let first = hit.value.split_whitespace().next().unwrap_or_default();
    let goes_on = first.len() >= 6 && ["ing", "ed"].iter().any(|end| first.ends_with(end)) && !is_quoted(hit);
    !goes_on && is_phrase(hit, if odd { 3 } else { 4 })
}

fn is_quoted(hit: Hit<'_>) -> bool {
    hit.before.ends_with(['"', '\'', '`', '“', '„', '«'])
}

/// After the word *passphrase*.
pub fn passphrase(hit: Hit<'_>) -> bool {
    is_phrase(hit, 2)
}

/// After a name and a sign. What follows a word that is a password by itself is mostly something else.
pub fn named(hit: Hit<'_>) -> bool {
    let first = hit.value.split_whitespace().next().unwrap_or_default();
    hit.value.contains(' ') && is_phrase(hit, if like_a_password(first) { 4 } else { 2 })
}

/// A line that is told to be a passphrase: any words but those that say how it is.
pub fn line(hit: Hit<'_>) -> bool {
    let words = words(hit.value);
    checks::given(hit) && (words.is_empty() || !words.iter().all(|word| checks::is_stand_in(word)))
}

fn like_a_password(value: &str) -> bool {
    checks::like_a_password(Hit { before: "", value, after: "" })
}

fn words(value: &str) -> Vec<String> {
    let words = value.split(|c: char| c.is_whitespace() || c == '-');
    let words = words.map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase());
    words.filter(|word| word.chars().any(char::is_alphabetic)).collect()
}

fn is_phrase(hit: Hit<'_>, least: usize) -> bool {
    let words = words(hit.value);
    let says = |list: &str| list.split_whitespace().any(|known| words.iter().any(|word| word == known));
    let quoted = is_quoted(hit);
    hit.value.chars().count() <= LONGEST
        && words.len() >= if quoted { 2 } else { least }
        && !words.iter().all(|word| checks::is_stand_in(word))
        && !says(STATUS)
        && (quoted || (!says(PROSE) && ends(hit.after)))
        // Something in it is hidden already.
        && placeholder::all(hit.value).next().is_none()
}

/// The line, the sentence or the column ends, or something is put in.
fn ends(after: &str) -> bool {
    let rest = after.trim_start_matches(['.', ',', ';', '!', '?', ')', ']', '"', '\'', '`', '”', '“', '»', '*']);
    let by_mark = rest.len() < after.len() && rest.starts_with(char::is_whitespace);
    let apart = [";", "\r", "\n", "\t", "  ", " - ", " – ", " — ", " ("];
    rest.is_empty() || by_mark || apart.iter().any(|sign| after.starts_with(sign))
}
