//! Names and logins of people, where the account wants them hidden: what words and forms tell of a name. There is no list of first
//! names: those that can be had are made to invent people, hold *Meta*, *Else* and *Dell*, and lack most of the world. The form
//! says what is found.

use super::checks::{self, Hit};

/// Roles, and what begins a sentence.
const NOBODY: &str = "all everyone everybody team support help there admin administrator administrators unknown public default \
    defaultuser0 system guest root user users domain service anonymous none microsoft windows the this that \
    customer client colleague colleagues sir madam again";

/// What stands in the names of products and departments, not of people.
const THINGS: &str = "access account accounting acrobat active adobe android apple application azure backup calendar center centre \
    chrome cisco citrix client cloud company computer control controller credential customer data database \
    defender department desk desktop device directory domain edge entra event excel exchange explorer file \
    finance firefox firewall folder google group hello help home human internet intune laptop linux mail mailbox \
    manager management meeting microsoft mobile network office onedrive online outlook panel phone policy portal \
    power print printer reader remote resources room rooms sales scheduler security server service services \
    share sharepoint shell spooler store studio support system task team teams update user users viewer virtual \
    visual web windows word workspace workstation wireless the this that our my his her their every each some no \
    one both another new a";

/// What follows *user* and is none.
const NO_LOGINS: &str = "account accounts data experience folder group groups input interface license licence list mailbox mode name \
    names object page password permission permissions policy profile profiles registry rights session sessions \
    settings device computer laptop machine side base count agent environment token certificate store hive who \
    that which and or but also still again now then often never always only just even himself herself themselves \
    here there he she they it was is has had does did can could cannot will would should must may might says \
    said reports login logon sign in on at of for with from to not so no the a admin administrator \
    administrators root system guest support everyone sa all unknown none null true false principal type id \
    defined access authentication desktop directory drive error home import lockout mail manager menu phone \
    portal report request role share shell space status sync ticket printer email e-mail outlook teams screen \
    prompt script server we i you today yesterday since when if because while";
/// How no login ends, and many a word.
const NO_ENDINGS: &[&str] = &["ly", "tion", "ment", "ing", "ness", "ance", "ity", "ship"];

fn is_among(words: &str, word: &str) -> bool {
    words.split(' ').any(|one| one == word)
}

/// A name of a person, not a role.
pub fn person(hit: Hit<'_>) -> bool {
    let first = hit.value.split_whitespace().next().unwrap_or_default().to_lowercase();
    !is_among(NOBODY, &first) && !checks::is_stand_in(hit.value)
}

/// Two words that begin with capitals and may be a name.
pub fn two_words(hit: Hit<'_>) -> bool {
    person(hit) && hit.value.split_whitespace().all(|word| !is_among(THINGS, &word.to_lowercase()))
}

/// What somebody signs in as, before what only somebody does.
pub fn login(hit: Hit<'_>) -> bool {
    let lower = hit.value.to_lowercase();
    person(hit) && !is_among(NO_LOGINS, &lower) && !NO_ENDINGS.iter().any(|end| lower.ends_with(end))
}

/// The part of `DOMAIN\login` behind the sign.
pub fn of_a_domain(hit: Hit<'_>) -> bool {
    const NONE: &str = "hklm hkcu hkcr hkcc hku hkey builtin authority service apppool software system windows host manager \
        users sam security http https ftp and or yes no in out";
    let head = hit.before.strip_suffix('\\').unwrap_or_default();
    let before = head.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '-');
    let domain = head.get(before.len()..).unwrap_or_default();
    let path =
        before.ends_with(['\\', ':', '/', '.', '_', '%', '$', '}']) || hit.after.starts_with(['\\', '$', '/', ':']);
    !path && !is_among(NONE, &domain.to_ascii_lowercase()) && !has_extension(hit) && person(hit)
}

/// It is a file.
fn has_extension(hit: Hit<'_>) -> bool {
    const OF_FILES: &str = "exe dll msi log txt ini cmd bat ps1 vbs cfg xml json docx doc xlsx xls csv pdf pst ost zip sys inf tmp \
        dat js py sql bak lnk rdp msc";
    let end = hit.value.rsplit_once('.').map_or("", |(_, end)| end);
    is_among(OF_FILES, &end.to_lowercase())
}
