//! Passphrases of several words, and sentences about passwords that are none.

use super::values::{hidden, vault};
use crate::ai::types::masked::MaskedKind;

#[test]
fn passphrases_are_hidden_whole() {
    let phrase = "correct horse battery staple";
    for text in [
        "The password is correct horse battery staple",
        "The password is: correct horse battery staple\nHe typed it twice.",
        "the new password for Bob was reset to correct horse battery staple. Please keep it.",
        "password is correct horse battery staple, please keep it",
        "Password is correct horse battery staple - he wants it changed",
        "The password is \"correct horse battery staple\" and it is not accepted",
        "das Passwort ist „correct horse battery staple“",
        "le password is «correct horse battery staple»",
        "password: correct horse battery staple",
        "DB_PASSWORD=correct horse battery staple;Encrypt=true",
        "Password : “correct horse battery staple”",
        "Password: correct horse battery staple\tUser: bob",
        "the password I set was correct horse battery staple",
        "The wifi key is correct horse battery staple!",
        "passphrase: correct horse battery staple",
        "The passphrase is correct horse battery staple.",
    ] {
        let mut vault = vault();
        let masked = vault.mask(text);
        let values = vault.values();
        assert!(values.len() == 1 && values[0].value.trim_end_matches('!') == phrase, "{text}: {values:?} {masked}");
        assert_eq!(vault.unmask(&masked), text);
    }
    for (text, secret) in [
        ("the passphrase is blue monkey", "blue monkey"),
        ("passphrase: my dog has fleas", "my dog has fleas"),
        ("password is correct-horse-battery-staple", "correct-horse-battery-staple"),
        ("Password: Summer Rain 2026", "Summer Rain 2026"),
        ("the password is Summer Rain No77", "Summer Rain No77"),
        ("password is 'my dog has fleas'", "my dog has fleas"),
        ("The password is: Hunter2!", "Hunter2!"),
        // What stands behind a password is mostly no part of it.
        ("password: Hunter2! Bob", "Hunter2!"),
        ("password: Hunter2! please change it", "Hunter2!"),
        ("password: Hunter2 Username bob", "Hunter2"),
    ] {
        hidden(text, secret, MaskedKind::Password);
    }
}

#[test]
fn sentences_about_passwords_are_no_passphrases() {
    for text in [
        "password is expired",
        "The password is not accepted",
        "the password is expired again since Monday",
        "The password is working fine on other machines",
        "the password is stored in the vault",
        "The password was changed last Monday evening by Bob",
        "the password is 12 characters long",
        "his password is case sensitive",
        "Password has been reset successfully yesterday evening",
        "the password is correct everywhere else",
        "The password is \"about to expire\"; it says the password is 'not correct'",
        "the password is out-of-date",
        "The wifi key is printed below the router",
        "The password is giving error 0x80070005",
        "the password was migrated across tenants overnight",
        "the passphrase is too short",
        "Passphrase: not accepted",
        "The passphrase was rejected twice",
        "Das Passwort ist seit gestern abgelaufen",
    ] {
        assert_eq!(vault().mask(text), text);
    }
}
