//! Finding by letters: every word typed is looked for in a text as letters in order, not necessarily next to each other. Beginnings
//! of words and letters side by side count most. Pure, for short texts; no more than the palette needs.

/// How well a text fits, and where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fit {
    pub score: i32,
    /// The places of the letters found, counted in letters.
    pub at: Vec<usize>,
}

const FOUND: i32 = 1;
const BEGINS_WORD: i32 = 4;
const BEGINS_TEXT: i32 = 1;
const SIDE_BY_SIDE: i32 = 3;
const APART: i32 = -2;
/// A word of more letters than this is a text that was pasted.
const LONGEST: usize = 64;

/// How `text` fits all words of `query`; `None` where one is not in it, or only scattered over it. No words fit everything.
pub fn fit(query: &str, text: &str) -> Option<Fit> {
    let letters: Vec<char> = text.chars().collect();
    let mut all = Fit::default();
    for word in query.split_whitespace() {
        let one = fit_word(word, &letters)?;
        all.score += one.score;
        all.at.extend(one.at);
    }
    all.at.sort_unstable();
    all.at.dedup();
    Some(all)
}

fn lower(letter: char) -> char {
    letter.to_lowercase().next().unwrap_or(letter)
}

/// The best way to find the letters of `word` in order. `best[n][at]`: the n-th letter is the one at `at`; with it where the letter
/// before is.
fn fit_word(word: &str, text: &[char]) -> Option<Fit> {
    let word: Vec<char> = word.chars().map(lower).take(LONGEST).collect();
    let bonus = |at: usize| match at.checked_sub(1).map(|before| text[before]) {
        None => BEGINS_WORD + BEGINS_TEXT,
        Some(before) if !before.is_alphanumeric() || before.is_lowercase() && text[at].is_uppercase() => BEGINS_WORD,
        Some(_) => 0,
    };
    let mut best: Vec<Vec<Option<(i32, usize)>>> = Vec::with_capacity(word.len());
    for (n, wanted) in word.iter().enumerate() {
        let mut row = vec![None; text.len()];
        // The best place of the letter before that is not next to this one.
        let mut apart: Option<(i32, usize)> = None;
        for (at, letter) in text.iter().enumerate() {
            let beside = if n == 0 || at == 0 { None } else { best[n - 1][at - 1].map(|(score, _)| (score, at - 1)) };
            let before = match n {
                0 => Some((0, at)),
                _ => {
                    [beside.map(|(score, at)| (score + SIDE_BY_SIDE, at)), apart.map(|(score, at)| (score + APART, at))]
                        .into_iter()
                        .flatten()
                        .max_by_key(|(score, _)| *score)
                }
            };
            apart = [apart, beside].into_iter().flatten().max_by_key(|(score, _)| *score);
            if lower(*letter) == *wanted {
                row[at] = before.map(|(score, from)| (score + FOUND + bonus(at), from));
            }
        }
        best.push(row);
    }
    let ends = best.last()?.iter().enumerate().filter_map(|(at, found)| found.map(|(score, _)| (score, at)));
    let (score, mut at) = ends.rev().max_by_key(|(score, _)| *score)?;
    // Scattered letters are in nearly every text.
    if score * 2 < i32::try_from(word.len()).ok()? * 3 {
        return None;
    }
    let mut places = Vec::with_capacity(word.len());
    for row in best.iter().rev() {
        places.push(at);
        at = row[at]?.1;
    }
    places.reverse();
    Some(Fit { score, at: places })
}

/// The text in runs of letters that were found and letters that were not.
pub fn runs(text: &str, at: &[usize]) -> Vec<(String, bool)> {
    let mut runs: Vec<(String, bool)> = Vec::new();
    for (place, letter) in text.chars().enumerate() {
        let found = at.binary_search(&place).is_ok();
        match runs.last_mut() {
            Some((run, same)) if *same == found => run.push(letter),
            _ => runs.push((letter.to_string(), found)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(query: &str, text: &str) -> Option<String> {
        let found = fit(query, text)?;
        let mark = |(run, found): (String, bool)| if found { format!("[{run}]") } else { run };
        Some(runs(text, &found.at).into_iter().map(mark).collect())
    }

    fn best_of<'t>(query: &str, texts: &[&'t str]) -> Option<&'t str> {
        let fits = texts.iter().filter_map(|text| fit(query, text).map(|fit| (fit.score, *text)));
        fits.rev().max_by_key(|(score, _)| *score).map(|(_, text)| text)
    }

    #[test]
    fn letters_are_found_in_order_and_marked() {
        for (query, text, marked) in [
            ("scr", "Show script", Some("Show [scr]ipt")),
            ("add", "Add note", Some("[Add] note")),
            ("rs", "Rename session", Some("[R]ename [s]ession")),
            ("sttngs", "Settings", Some("[S]e[tt]i[ngs]")),
            ("esol", "Resolve", Some("R[esol]ve")),
            ("xyz", "Resolve", None),
            ("ser", "Resolve", None),
        ] {
            assert_eq!(shown(query, text).as_deref(), marked, "{query} in {text}");
        }
    }

    #[test]
    fn words_may_come_in_any_order() {
        assert_eq!(shown("lane open", "Open task lane").as_deref(), Some("[Open] task [lane]"));
        assert_eq!(shown("lane close", "Open task lane"), None);
    }

    #[test]
    fn case_does_not_matter_in_any_script() {
        assert_eq!(shown("ÜBER", "über Nacht").as_deref(), Some("[über] Nacht"));
        assert_eq!(shown("принтер", "Принтер не печатает").as_deref(), Some("[Принтер] не печатает"));
    }

    #[test]
    fn nothing_typed_fits_everything_and_marks_nothing() {
        assert_eq!(fit("  ", "Resolve"), Some(Fit::default()));
        assert_eq!(runs("Resolve", &[]), [("Resolve".to_owned(), false)]);
    }

    #[test]
    fn beginnings_of_words_go_before_what_is_inside_them() {
        let texts = ["Resolve", "Sessions", "Rename session", "Show script", "Settings"];
        assert_eq!(best_of("se", &texts), Some("Sessions"));
        assert_eq!(best_of("set", &texts), Some("Settings"));
        assert_eq!(best_of("ss", &texts), Some("Show script"));
        assert_eq!(best_of("res", &texts), Some("Resolve"));
    }

    #[test]
    fn scattered_letters_are_no_find() {
        assert_eq!(fit("ea", "Send that"), None);
        assert_eq!(fit("t", "Resolve it"), None);
    }

    #[test]
    fn what_was_pasted_costs_no_more_than_what_is_typed() {
        let (pasted, text) = ("a".repeat(20_000), "a".repeat(200));
        assert_eq!(fit(&pasted, &text).map(|fit| fit.at.len()), Some(LONGEST));
        assert_eq!(fit("\u{200b}", "Resolve"), None);
    }
}
