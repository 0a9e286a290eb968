//! The patterns that a word may have: error codes with their families, addresses, shares, mailboxes, drive letters.
//!
//! A pattern becomes a word that begins with `@`, beside the words themselves: `0x8024402c` also says `@0x8024`, its family,
//! so that a code nobody has written down is still understood.

/// Adds the patterns of one run of text between blanks.
pub fn patterns(raw: &str, words: &mut Vec<String>) {
    let bare = raw.trim_matches(|letter: char| !(letter.is_alphanumeric() || matches!(letter, '\\' | '@' | '/')));
    if bare.is_empty() || bare.len() > 80 {
        return;
    }
    if bare.contains("\\\\") || (bare.starts_with('\\') && bare.len() > 2) {
        words.push("@share".to_owned());
    }
    drive(raw, bare, words);
    if bare.contains('@') {
        words.push("@mailbox".to_owned());
    }
    if bare.contains("://") || bare.starts_with("www.") {
        words.push("@url".to_owned());
    }
    let lower = bare.to_ascii_lowercase();
    hex(&lower, words);
    numbered(&lower, words);
    dotted(&lower, words);
    if is_constant(bare) {
        words.push("@constant".to_owned());
    }
}

/// `H:`, `C:\temp`, or a lone capital such as the P and the S that are gone.
fn drive(raw: &str, bare: &str, words: &mut Vec<String>) {
    let mut letters = bare.chars();
    let (Some(letter), second) = (letters.next(), letters.next()) else { return };
    if !letter.is_ascii_alphabetic() {
        return;
    }
    let colon = match second {
        None => raw.contains([':']),
        Some(second) => second == ':' && bare.len() > 2 && bare.contains('\\'),
    };
    let lone = second.is_none() && letter.is_ascii_uppercase() && !matches!(letter, 'I' | 'A');
    if colon || lone {
        let local = matches!(letter.to_ascii_lowercase(), 'c' | 'd');
        words.push(if local { "@local-drive" } else { "@drive-letter" }.to_owned());
    }
}

/// `0x80070005` with its families `@0x8007` and `@0x800`; blue screens and printing have short ones.
fn hex(lower: &str, words: &mut Vec<String>) {
    let Some(at) = lower.find("0x") else { return };
    let digits: String = lower.chars().skip(at + 2).take_while(char::is_ascii_hexdigit).collect();
    if digits.len() < 2 {
        return;
    }
    words.push("@hex".to_owned());
    if let Some(family) = digits.get(..4).filter(|_| digits.len() == 8) {
        words.push(format!("@0x{family}"));
        if let Some(wide) = digits.get(..6) {
            words.push(format!("@0x{wide}"));
        }
    }
    let short = digits.trim_start_matches('0');
    if !short.is_empty() && short.len() < digits.len() {
        words.push(format!("@0x0*{short}"));
    }
}

/// `AADSTS50126`, `KB5034441`.
fn numbered(lower: &str, words: &mut Vec<String>) {
    for (start, family) in [("aadsts", "@aadsts"), ("kb", "@kb")] {
        let digits = lower.strip_prefix(start).filter(|digits| digits.len() >= 4);
        if digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit())) {
            words.push(family.to_owned());
        }
    }
}

/// `5.7.26` is a code of mail delivery, `169.254.3.7` an address that no server gave.
fn dotted(lower: &str, words: &mut Vec<String>) {
    let address = lower.split('/').next().unwrap_or_default();
    let parts: Vec<&str> = address.split('.').collect();
    let number = |part: &&str| !part.is_empty() && part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit());
    if parts.starts_with(&["169", "254"]) {
        words.push("@apipa".to_owned());
    } else if parts.len() == 4
        && parts.iter().take(2).all(number)
        && parts.iter().all(|part| number(part) || *part == "x")
    {
        words.push("@ip".to_owned());
    } else if parts.len() == 3 && parts.iter().all(number) && matches!(parts.first(), Some(&("4" | "5"))) {
        words.push("@smtp".to_owned());
        words.push(format!("@smtp-{address}"));
        words.push(format!("@smtp-{}", parts.iter().take(2).copied().collect::<Vec<_>>().join(".")));
    }
}

/// `CRITICAL_PROCESS_DIED`
fn is_constant(bare: &str) -> bool {
    bare.len() >= 8
        && bare.contains('_')
        && bare.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}
