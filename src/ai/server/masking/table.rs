//! What is a secret and what is personal: one rule a line. A rule matches what gives a value away and names the value `v`.
//!
//! Written for what ends in tickets: console output, configuration, connection strings, chat. The well-kept rule sets for secrets
//! (gitleaks', kingfisher's) were weighed and left: they are made to find committed keys in source code, come without a library
//! that fits (a Go program, a C++ engine), and say nothing of `net user`, `netsh wlan show profile`, BitLocker keys or *the password
//! is …*. The forms of the vendors' tokens below are those that the vendors document.

use super::{
    checks::{self, Hit},
    phrases,
};
use crate::ai::types::masked::MaskedKind::{
    self, Email, HostName, Identity, IpAddress, Key, Login, Name, Password, PrivateKey, Token,
};

/// One rule.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    pub kind: MaskedKind,
    pub pattern: &'static str,
    /// What no pattern can say.
    pub check: fn(Hit<'_>) -> bool,
    /// The value may stand in quotes or end a sentence.
    pub bare: bool,
}

const fn exact(kind: MaskedKind, pattern: &'static str) -> Rule {
    Rule { kind, pattern, check: checks::any, bare: false }
}

const fn checked(kind: MaskedKind, check: fn(Hit<'_>) -> bool, pattern: &'static str) -> Rule {
    Rule { kind, pattern, check, bare: false }
}

const fn worded(kind: MaskedKind, check: fn(Hit<'_>) -> bool, pattern: &'static str) -> Rule {
    Rule { kind, pattern, check, bare: true }
}

pub static RULES: &[Rule] = &[
    // Private keys beside PEM, which is looked for by hand.
    exact(PrivateKey, r"Private-Lines:[ \t]*\d+\s+(?P<v>(?:[A-Za-z0-9+/=]{16,}\s+){1,200})"),
    exact(PrivateKey, r"\bAGE-SECRET-KEY-1[0-9A-Z]{58}\b"),
    exact(PrivateKey, r"(?i)<RSAKeyValue>.{0,2000}?<D>(?P<v>[^<]+)</D>"),
    // Passwords with a name and a sign: configuration, forms, JSON, consoles.
    worded(
        Password,
        checks::no_path,
        r#"(?i)(?:password|passwd|passwort|passphrase|passcode|kennwort|pswd|pwd|pre[-_ ]?shared[-_ ]?key|network (?:security )?key|wi-?fi key|wlan key|wpa2?[-_ ]?(?:key|psk)|mot de passe|contraseña|wachtwoord|senha|\bpsk|\bpass|\bpw)(?:[ _]?\d{1,2})?["'\]`*]{0,3}[ \t]*(?:=>|:=|==?|:)[ \t]*(?P<v>"(?:[^"\\\r\n]|\\.){1,256}"|'[^'\r\n]{1,256}'|`[^`\r\n]{1,256}`|[^\s"<>;]{1,256})"#,
    ),
    worded(
        Password,
        phrases::named,
        r#"(?i)(?:password|passwd|passwort|passcode|kennwort|pswd|pwd|pre[-_ ]?shared[-_ ]?key|network (?:security )?key|wi-?fi key|wlan key|wpa2?[-_ ]?(?:key|psk)|mot de passe|contraseña|wachtwoord|senha|\bpsk|\bpass|\bpw)(?:[ _]?\d{1,2})?["'\]`*]{0,3}[ \t]*(?:=>|:=|==?|:)[ \t]*(?P<v>“[^”\r\n]{1,128}”|„[^“”\r\n]{1,128}[“”]|«[^»\r\n]{1,128}»|[\p{L}\d][^\s.,;:=<>"]*(?: [\p{L}\d][^\s.,;:=<>"]*){1,9})"#,
    ),
    worded(Password, checks::given, r"(?i)\bkey content[ \t]*[:=][ \t]*(?P<v>[^\r\n]{1,128})"),
    worded(Password, phrases::line, r"(?i)\bpassphrase[ \t]*[:=][ \t]*(?P<v>[^\r\n]{1,128})"),
    worded(
        Password,
        checks::like_a_password,
        r"(?i)\b(?:password|passwort|kennwort|passcode|pwd)[ \t]*:[ \t]*\r?\n[ \t]*(?P<v>\S{4,128})",
    ),
    worded(
        Password,
        checks::has_digits_only,
        r"(?i)\bpin(?:[ -]?(?:code|number))?[ \t]*(?::|=|is)[ \t]*(?P<v>\d{4,8})\b",
    ),
    // In a sentence.
    worded(
        Password,
        checks::like_a_password,
        r#"(?i)\b(?:password|passwort|passwd|passcode|passphrase|pwd|pw|kennwort)["'”)*]{0,2}(?:\s+(?:for|of|on|für)\s+(?:the\s+)?[^\s:]{1,60}(?:\s+[^\s:]{1,40})?)?\s+(?:(?:is|was|has|been|got|are|ist|lautet|now|still|currently|temporarily|changed|reset|set|updated|to|it|new|wieder):?\s+){1,5}(?P<v>"[^"\r\n]{1,128}"|'[^'\r\n]{1,128}'|\S{4,128})"#,
    ),
    worded(
        Password,
        checks::like_a_password,
        r#"(?i)\b(?:password|passwort|passwd|passcode|passphrase|pwd|kennwort|pin|(?:wlan|wi-?fi|network) key),?(?:\s+(?:that|which|das|die|den))?\s+(?:i|we|he|she|they|you|the (?:user|customer)|ich|wir|er|sie)\s+(?:[^\s.:;,?!]{1,20}\s+){0,4}?(?:[^\s.:;,?!]{1,20},\s+)?(?:is|was|ist|war|lautet)\s+(?P<v>"[^"\r\n]{1,128}"|'[^'\r\n]{1,128}'|\S{4,128})"#,
    ),
    worded(
        Password,
        checks::has_digits_only,
        r"(?i)\bpin(?:[ -]?(?:code|number))?(?:\s+[^\s.:;,?!]{1,20}){1,5}?\s+(?:is|was)\s+(?P<v>\d{4,8})\b",
    ),
    // The same of several words.
    worded(
        Password,
        phrases::in_a_sentence,
        r#"(?i)\b(?:password|passwort|passwd|passcode|pwd|pw|kennwort|(?:wlan|wi-?fi|network) key)["'”)*]{0,2}(?:\s+(?:for|of|on|für)\s+(?:the\s+)?[^\s:]{1,60}(?:\s+[^\s:]{1,40})?)?\s+(?:(?:is|was|has|been|got|are|ist|war|lautet|now|still|currently|temporarily|changed|reset|set|updated|to|it|new|wieder):?\s+){1,5}(?P<v>"[^"\r\n]{1,128}"|'[^'\r\n]{1,128}'|`[^`\r\n]{1,128}`|“[^”\r\n]{1,128}”|„[^“”\r\n]{1,128}[“”]|«[^»\r\n]{1,128}»|[\p{L}\d][^\s.,;:=<>"]*(?: [\p{L}\d][^\s.,;:=<>"]*){0,9})"#,
    ),
    worded(
        Password,
        phrases::passphrase,
        r#"(?i)\bpassphrase["'”)*]{0,2}(?:\s+(?:for|of|on|für)\s+(?:the\s+)?[^\s:]{1,60}(?:\s+[^\s:]{1,40})?)?\s+(?:(?:is|was|has|been|got|are|ist|war|lautet|now|still|currently|temporarily|changed|reset|set|updated|to|it|new|wieder):?\s+){1,5}(?P<v>"[^"\r\n]{1,128}"|'[^'\r\n]{1,128}'|`[^`\r\n]{1,128}`|“[^”\r\n]{1,128}”|„[^“”\r\n]{1,128}[“”]|«[^»\r\n]{1,128}»|[\p{L}\d][^\s.,;:=<>"]*(?: [\p{L}\d][^\s.,;:=<>"]*){0,9})"#,
    ),
    worded(
        Password,
        phrases::in_a_sentence,
        r#"(?i)\b(?:password|passwort|passwd|passcode|passphrase|pwd|kennwort|(?:wlan|wi-?fi|network) key),?(?:\s+(?:that|which|das|die|den))?\s+(?:i|we|he|she|they|you|the (?:user|customer)|ich|wir|er|sie)\s+(?:[^\s.:;,?!]{1,20}\s+){0,4}?(?:[^\s.:;,?!]{1,20},\s+)?(?:is|was|ist|war|lautet):?\s+(?P<v>"[^"\r\n]{1,128}"|'[^'\r\n]{1,128}'|`[^`\r\n]{1,128}`|“[^”\r\n]{1,128}”|„[^“”\r\n]{1,128}[“”]|«[^»\r\n]{1,128}»|[\p{L}\d][^\s.,;:=<>"]*(?: [\p{L}\d][^\s.,;:=<>"]*){0,9})"#,
    ),
    worded(Password, checks::surely_a_password, r"(?i)\b(?:password|passwort|kennwort|pwd|pw)\s+(?P<v>\S{6,128})"),
    worded(
        Password,
        checks::surely_a_password,
        r"(?i)\b(?:log-?in|logon|credentials?|creds|account|user(?:name)?)\b[ \t]*(?:is|are|:|=)?[ \t]*[^\s:/]{1,64}[ \t]*[/:|][ \t]*(?P<v>\S{4,128})",
    ),
    worded(
        Password,
        checks::fills_its_line,
        r"(?i)\b(?:password|passwort|kennwort|passcode|passphrase|pwd)[ \t]*:[ \t]*(?:\r?\n[ \t]*){2,4}(?P<v>\S{4,128})",
    ),
    worded(
        Password,
        checks::chosen,
        r#"(?i)\b(?:re-?set|set|changed?)\s+(?:it|this|that|them|his|hers|mine|theirs)\s+(?:back\s+|temporarily\s+)?to\s+(?P<v>"[^"\r\n]{1,128}"|'[^'\r\n]{1,128}'|\S{4,128})"#,
    ),
    worded(
        Password,
        checks::chosen,
        r#"(?i)\b(?:log(?:ged)?|sign(?:ed)?|connect(?:ed)?|authenticate[ds]?)(?:[ -]?(?:in|on))?(?:\s+(?:to|at)\s+(?:the\s+)?[^\s]{1,60})?\s+(?:with|as|using)\s+(?:[^\s/|:]{1,30}\s+){0,2}?[^\s/|:]{1,64}(?:[ \t]*[/|][ \t]*|:|[ \t]+and[ \t]+)(?P<v>"[^"\r\n]{1,128}"|'[^'\r\n]{1,128}'|\S{4,128})"#,
    ),
    // On a command line.
    worded(
        Password,
        checks::argument,
        r#"(?i)(?:^|[\s"'(`])(?:--?|/)[a-z-]{0,30}(?:password|passwd|passphrase|pwd|pass|pw|rp|secret|token|apikey|api-key|access-key|accountkey|psk)(?:[=:][ \t]*|[ \t]+)(?P<v>"[^"\r\n]{1,256}"|'[^'\r\n]{1,256}'|[^\s"']{1,256})"#,
    ),
    worded(
        Password,
        checks::given,
        r#"(?i)ConvertTo-SecureString[ \t]+(?:-String[ \t]+)?(?P<v>"[^"\r\n]{1,256}"|'[^'\r\n]{1,256}'|[^\s"'$(-][^\s"']{0,255})"#,
    ),
    worded(
        Password,
        checks::given,
        r#"(?i)\bPSCredential\b[^\r\n]{0,120}?,[ \t]*\(?(?P<v>"[^"\r\n]{1,256}"|'[^'\r\n]{1,256}')"#,
    ),
    worded(
        Password,
        checks::ends_command,
        r#"(?i)\bnet1?(?:\.exe)?[ \t]+user[ \t]+(?:"[^"\r\n]{1,64}"|[^\s"/]{1,64})[ \t]+(?P<v>"[^"\r\n]{1,128}"|[^\s"/*][^\s"]{0,127})"#,
    ),
    worded(
        Password,
        checks::argument,
        r#"(?i)\bnet1?(?:\.exe)?[ \t]+use[ \t][^\r\n]{0,200}?/u(?:ser)?:(?:"[^"\r\n]{1,64}"|[^\s"]{1,64})[ \t]+(?P<v>"[^"\r\n]{1,128}"|[^\s"/*][^\s"]{0,127})"#,
    ),
    worded(
        Password,
        checks::argument,
        r#"(?i)\bnet1?(?:\.exe)?[ \t]+use[ \t]+(?:[a-z*]:?[ \t]+)?"?\\\\[^\s"]{1,200}"?[ \t]+(?P<v>"[^"\r\n]{1,128}"|[^\s"/*][^\s"]{0,127})[ \t]+/"#,
    ),
    worded(
        Password,
        checks::argument,
        r#"(?i)\bpsexec\S{0,20}[ \t][^\r\n]{0,200}?[ \t]-p[ \t]+(?P<v>"[^"\r\n]{1,128}"|\S{1,128})"#,
    ),
    worded(
        Password,
        checks::argument,
        r#"(?i)\bsshpass[ \t]+-p[ \t]*(?P<v>"[^"\r\n]{1,128}"|'[^'\r\n]{1,128}'|\S{1,128})"#,
    ),
    worded(
        Password,
        checks::argument,
        r#"\bmysql(?:dump|admin)?\b[^\r\n]{0,200}?[ \t]-p(?P<v>"[^"\r\n]{1,128}"|'[^'\r\n]{1,128}'|[^\s"']{2,128})"#,
    ),
    worded(
        Password,
        checks::argument,
        r#"\b(?:sqlcmd|osql|bcp)\b[^\r\n]{0,200}?[ \t]-P[ \t]*(?P<v>"[^"\r\n]{1,128}"|\S{1,128})"#,
    ),
    worded(
        Password,
        checks::given,
        r#"(?i)\bcurl\b[^\r\n]{0,300}?[ \t](?:-u|--user)[ \t]*["']?[^\s:"']{1,128}:(?P<v>[^\s"']{1,256})"#,
    ),
    // In XML, and where Windows keeps it for set-up.
    worded(
        Password,
        checks::given,
        r"(?i)<(?:[\w.-]{0,30}:)?[\w.-]{0,40}(?:password|passwd|pwd|passphrase|secret|apikey|keymaterial)(?:\s[^<>]{0,200})?>(?P<v>[^<>\s][^<>]{0,256})</",
    ),
    worded(Password, checks::given, r"(?i)password>\s*<Value>(?P<v>[^<>]{1,256})</Value>"),
    // Hashes are as good as what they are made from.
    exact(Password, r"\$(?:1|2[abxy]|5|6|7|y|gy|argon2(?:id|i|d)|scrypt|apr1)\$[./A-Za-z0-9$=,+-]{20,200}"),
    exact(Password, r"\b[0-9a-fA-F]{32}:[0-9a-fA-F]{32}\b"),
    // Logins in addresses: the host stays, so that the model can still tell what is connected to what.
    worded(Login, checks::given, r#"(?i)\b[a-z][a-z0-9+.-]{1,20}://(?P<v>[^\s/:@"'<>]{0,128}:[^\s/"'<>]{1,256})@"#),
    // Tokens by the forms of their vendors.
    exact(Token, r"\bgh[pousr]_[A-Za-z0-9]{36,255}\b"),
    exact(Token, r"\bgithub_pat_[A-Za-z0-9_]{22,255}\b"),
    exact(Token, r"\bgl(?:pat|dt|rt|ptt|cbt|ft|soat|agent|oas|imt)-[A-Za-z0-9_.-]{20,255}"),
    exact(Token, r"\bxox[abcdeoprs]-[A-Za-z0-9-]{10,255}"),
    exact(Token, r"\bxapp-\d-[A-Za-z0-9-]{20,255}"),
    exact(Token, r"https://hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/(?P<v>[A-Za-z0-9+/_-]{20,200})"),
    exact(Token, r"https://[a-z0-9-]{1,60}\.webhook\.office\.com/webhookb2/(?P<v>[A-Za-z0-9@/_-]{30,300})"),
    exact(Token, r"https://(?:canary\.|ptb\.)?discord(?:app)?\.com/api/webhooks/(?P<v>\d{15,20}/[\w-]{40,100})"),
    exact(Token, r"\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,255}\b"),
    exact(Token, r"\bwhsec_[A-Za-z0-9+/=]{20,100}"),
    exact(Token, r"\bAIza[0-9A-Za-z_-]{35}"),
    exact(Token, r"\bya29\.[0-9A-Za-z_-]{20,1000}"),
    exact(Token, r"\bGOCSPX-[A-Za-z0-9_-]{20,40}"),
    exact(Token, r"\b1//0[A-Za-z0-9_-]{30,200}"),
    exact(Token, r"\bsk-(?:proj|svcacct|admin|or-v1|ant-(?:api|admin|sid|oat)\d\d)-[A-Za-z0-9_-]{20,255}"),
    exact(Token, r"\bsk-[A-Za-z0-9]{32,64}\b"),
    exact(
        Token,
        r"\b(?:hf|npm|nrp|dckr_pat|dop_v1|doo_v1|dor_v1|shpat|shpca|shppa|shpss|lin_api|glsa|rdme|sbp|pat|figd|shippo_live)_[A-Za-z0-9_-]{26,255}\b",
    ),
    exact(Token, r"\bpypi-[A-Za-z0-9_-]{50,255}"),
    exact(Token, r"\bSG\.[\w-]{16,32}\.[\w-]{16,64}"),
    exact(Token, r"\bSK[0-9a-f]{32}\b"),
    exact(Token, r"\b(?:key|pubkey)-[0-9a-f]{32}\b"),
    exact(Token, r"\b\d{8,10}:AA[\w-]{33}\b"),
    exact(Token, r"\bATATT3[A-Za-z0-9_=-]{50,300}"),
    exact(Token, r"\b(?:hvs|hvb|hvr)\.[A-Za-z0-9_-]{24,300}"),
    exact(Token, r"\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,90}"),
    exact(Token, r"\bdapi[0-9a-f]{32}\b"),
    exact(Token, r"\b(?:NRAK|PMAK|NRJS|HRKU|EZAK|sgp)[-_][A-Za-z0-9_-]{24,100}\b"),
    exact(Token, r"\bfp_[A-Za-z0-9_-]{40,200}"),
    exact(Token, r"\beyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{8,8000}(?:\.[A-Za-z0-9_-]{0,8000}){0,3}"),
    checked(Token, checks::perhaps_key, r"(?i)\bbearer[ \t]+(?P<v>[A-Za-z0-9._~+/-]{16,4000}=*)"),
    checked(Token, checks::basic, r"(?i)\bbasic[ \t]+(?P<v>[A-Za-z0-9+/]{8,1000}={0,2})"),
    worded(
        Token,
        checks::named_key,
        r#"(?i)\bauthorization["']?[ \t]*[:=][ \t]*["']?(?:[a-z0-9-]{2,20}[ \t]+)?(?P<v>[^\s"',]{8,4000})"#,
    ),
    worded(Token, checks::given, r"(?i)\b(?:set-)?cookie:[ \t]*(?P<v>[^\r\n]{4,4000})"),
    exact(Token, r"(?i)\botpauth://[^\s]{1,200}?[?&]secret=(?P<v>[A-Z2-7=]{8,128})"),
    exact(
        Token,
        r"(?i)[?&](?:sig|access_token|id_token|refresh_token|client_secret|api_?key|x-amz-signature|x-goog-signature|code)=(?P<v>[A-Za-z0-9%+/=._~-]{20,2000})",
    ),
    // Keys.
    exact(Key, r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b"),
    exact(
        Key,
        r"(?i)\b(?:account|sharedaccess|shared[ _]?access[ _]?)key[ \t]*=[ \t]*(?P<v>[A-Za-z0-9+/]{30,120}={0,2})",
    ),
    exact(Key, r"\b[A-Za-z0-9_~.]{3}[78]Q~[A-Za-z0-9_~.-]{31,34}"),
    exact(Key, r"\b\d{6}(?:-\d{6}){7}\b"),
    exact(Key, r"\b[BCDFGHJKMNPQRTVWXY2-9]{5}(?:-[BCDFGHJKMNPQRTVWXY2-9]{5}){4}\b"),
    worded(
        Key,
        checks::named_key,
        r#"(?i)(?:api|access|client|application|app|auth|secret|private|shared|account|signing|encryption|refresh|id|bearer|bot|service|webhook|licen[sc]e|storage|master|deploy|recovery|subscription|bind|tunnel|radius)[ _.-]?(?:access[ _.-]?)?(?:key|token|secret)(?:[ _]?\d{1,2})?["'\]`*]{0,3}[ \t]*(?:=>|:=|==?|:|[ \t]is[ \t])[ \t]*(?P<v>"[^"\r\n]{8,512}"|'[^'\r\n]{8,512}'|[^\s"'<>;,]{8,512})"#,
    ),
    worded(
        Key,
        checks::like_a_password,
        r#"(?i)(?:^|[^a-z])(?:secret|apikey|community string|snmp community)["'\]`*]{0,3}[ \t]*(?:=>|:=|==?|:)[ \t]*(?P<v>"[^"\r\n]{4,512}"|'[^'\r\n]{4,512}'|[^\s"'<>;,]{6,512})"#,
    ),
    worded(
        Key,
        checks::perhaps_key,
        r#"(?i)(?:token|key|signature|credential)["'\]`*]{0,3}[ \t]*(?:=>|:=|==?|:)[ \t]*(?P<v>"[^"\r\n]{16,512}"|'[^'\r\n]{16,512}'|[A-Za-z0-9_+/=.~-]{20,512})"#,
    ),
    // Ids. Cards are looked for by hand.
    checked(Identity, checks::ssn, r"\b\d{3}-\d{2}-\d{4}\b"),
    checked(
        Identity,
        checks::ssn,
        r"(?i)\b(?:ssn|social security(?: (?:number|no\.?|#))?)\W{1,5}(?:is )?(?P<v>\d{3}[ -]?\d{2}[ -]?\d{4})\b",
    ),
    checked(Identity, checks::nino, r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b"),
    checked(Identity, checks::iban, r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"),
    checked(Identity, checks::dni, r"\b(?:\d{8}|[XYZ]\d{7})[A-HJ-NP-TV-Z]\b"),
    exact(Identity, r"\b[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]\b"),
    checked(
        Identity,
        checks::has_digits,
        r"(?i)\b(?:national insurance|national id|passport|identity card|personalausweis|steuer-?id|tax id|tin|itin|sin|bsn|nhs|driver'?s licen[sc]e|sozialversicherungsnummer)(?: (?:no\.?|number|nr\.?|#))?[ \t]*(?::|=|#|is)[ \t]*(?P<v>[A-Z0-9](?:[ -]?[A-Z0-9]){5,17})\b",
    ),
    checked(
        Identity,
        checks::has_digits_of_an_id,
        r"(?i)\b(?:national insurance|national id|passport|identity card|id card|personalausweis|reisepass|steuer-?id|tax id|itin|bsn|nhs|driver'?s? licen[sc]e|sozialversicherungsnummer)(?:[ \t-]?(?:no\.?|number|nr\.?|nummer|#))?\W{1,4}(?P<v>[A-Z0-9]{6,18}|\d{2,4}(?:[ -]\d{2,6}){1,4})\b",
    ),
    // Where the account wants it.
    exact(Email, r"[A-Za-z0-9._%+'-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}\b"),
    checked(IpAddress, checks::ipv4, r"\b(?:\d{1,3}\.){3}\d{1,3}\b"),
    checked(IpAddress, checks::ipv6, r"(?i)[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?:(?:\.\d{1,3}){3})?"),
    checked(
        HostName,
        checks::host,
        r"(?i)\b(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}(?:local|lan|internal|corp|home|intra|intranet|ad|priv|private|localdomain|arpa|com|net|org|edu|gov|io|co|de|at|ch|uk|fr|nl|be|it|es|se|no|dk|fi|pl|cz|us|ca|au|nz|ie|eu|biz|info|cloud|app|dev|tech)\b",
    ),
    checked(
        HostName,
        checks::machine,
        r"\b(?:DC|SRV|SERVER|WS|PC|NB|LT|DESKTOP|LAPTOP|WIN|SQL|EX|EXCH|FS|FILE|RDS|RDSH|TS|HV|ESX|ESXI|VM|PRN|PRT|FW|SW|AP|WAP|NAS|APP|WEB|BKP|VEEAM)-?[A-Z0-9]{0,12}-?\d[A-Z0-9-]{0,12}\b",
    ),
    worded(
        HostName,
        checks::given,
        r"(?i)\b(?:host ?name|computer ?name|server ?name|machine ?name|dns ?name|netbios ?name|PSComputerName)[ \t.]*[:=][ \t]*(?P<v>[A-Za-z0-9][A-Za-z0-9._-]{1,62})",
    ),
    exact(HostName, r"\\\\(?P<v>[A-Za-z0-9][A-Za-z0-9._-]{1,62})\\"),
    checked(
        Name,
        checks::person,
        r"(?i:\b(?:user|name|full ?name|display ?name|contact|caller|employee|from|requested by|reported by|requester|manager|kind regards|best regards|regards|thanks|cheers)\b(?:[ \t]+(?:is|was|called|named))?[ \t]*[:=,-]?)\s{1,3}(?P<v>\p{Lu}[\p{L}'’-]{1,30}(?:[ \t]+\p{Lu}[\p{L}'’.-]{0,30}){1,3})",
    ),
    checked(
        Name,
        checks::person,
        r"\b(?:Mr|Mrs|Ms|Miss|Dr|Herr|Frau|Madame|Monsieur)\.?[ \t]+(?P<v>\p{Lu}[\p{L}'’-]{1,30}(?:[ \t]+\p{Lu}[\p{L}'’-]{1,30}){0,2})",
    ),
    checked(
        Name,
        checks::person,
        r"\b(?:Hi|Hello|Dear|Hallo|Hey|Bonjour)[ \t]+(?P<v>\p{Lu}[\p{Ll}'’-]{1,30}(?:[ \t]+\p{Lu}[\p{Ll}'’-]{1,30})?)",
    ),
    checked(Name, checks::person, r"(?i)\b[A-Z]:\\Users\\(?P<v>[^\\\s:*?<>|]{2,64})"),
    checked(
        Name,
        checks::two_words,
        r"\b(?P<v>\p{Lu}\p{Ll}{1,20}(?:[-'’]\p{Lu}\p{Ll}{1,20})?(?:[ \t]+\p{Lu}\.)?[ \t]+(?:(?:van|von|de|den|der|da|di|del|la|al|bin)[ \t]+){0,2}\p{Lu}[\p{L}'’-]{1,30})[ \t]+(?i:(?:also[ \t]+|now[ \t]+|still[ \t]+)?(?:(?:has|had|is having|was having|reports|reported|hat|hatte)[ \t]+(?:(?:a|an|some|the same|another|ein|das|die)[ \t]+)?(?:problems?|issues?|trouble|difficult(?:y|ies)|questions?|probleme?|fragen?)|called|phoned|rang|e-?mailed|texted|complains|complained|forgot|told|wants|would like|left the company|works? (?:from|remotely)|is (?:on (?:holiday|vacation|leave)|out of (?:the )?office|sick|unable to (?:log|sign))|(?:cannot|can't|can’t|could not|couldn't|couldn’t)[ \t]+(?:log|sign|remember)|rief|meldet|kann sich nicht))\b",
    ),
    checked(
        Name,
        checks::person,
        r"\b(?i:my name is|this is|mein name ist)[ \t]+(?P<v>\p{Lu}\p{Ll}{1,20}[ \t]+\p{Lu}[\p{L}'’-]{1,30})[ \t]*(?:[.,;!\r\n]|from\b|at\b|of\b|von\b)",
    ),
    checked(
        Name,
        checks::login,
        r#"(?i)\b(?:(?:user ?name|user ?id|sam ?account ?name|log-?in ?name)["']?[ \t]*(?:[:=]|\bis\b)|(?:log-?in|logon)[ \t]*[:=])[ \t]*["'`]?(?P<v>[a-z][a-z0-9._-]{1,40}[a-z0-9])\b"#,
    ),
    checked(
        Name,
        checks::login,
        r#"(?i)\b(?:user|user ?name)[ \t]+(?P<v>[a-z](?:[a-z0-9_-]{2,40}|[a-z0-9_-]{0,20}[.][a-z0-9_-]{2,40}))[ \t]+(?:is|was|has|had|gets|got|can|cannot|can['’]t|could|couldn['’]t|does|doesn['’]t|did|reports|reported|says|said|needs|wants|called|forgot|tries|tried|lost|left)\b"#,
    ),
    checked(
        Name,
        checks::login,
        r"(?i)\b(?:account|log-?in|logon)[ \t]+(?P<v>[a-z](?:[a-z0-9_-]{2,40}|[a-z0-9_-]{0,20}[.][a-z0-9_-]{2,40}))[ \t]+(?:is|was|has been|got)[ \t]+(?:locked|disabled|blocked|expired|deleted)\b",
    ),
    checked(
        Name,
        checks::login,
        r#"(?i)\b(?:user|account|user ?name|log-?in|logon)[ \t]+(?:["'`](?P<v>[a-z][a-z0-9._-]{2,40})["'`])"#,
    ),
    checked(Name, checks::of_a_domain, r"\b[A-Z][A-Z0-9-]{1,14}\\(?P<v>[A-Za-z][A-Za-z0-9._-]{0,40}[A-Za-z0-9])"),
    checked(
        Name,
        checks::of_a_domain,
        r"(?i)\b(?:user|account|user ?name|log-?in|logon|(?:logged (?:in|on)|signed in|running|runs?) as)[ \t]*[:=]?[ \t]*[a-z][a-z0-9-]{1,14}\\(?P<v>[a-z][a-z0-9._-]{0,40}[a-z0-9])",
    ),
];
