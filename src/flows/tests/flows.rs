//! The flow format, its checker and the library.

use std::collections::HashSet;

use super::own_flows;
use crate::ai::types::CheckOutcome;
use crate::flows::ItemAnswer;
use crate::flows::check::check;
use crate::flows::format::{Flow, Target};
use crate::flows::library::{Library, embedded_sources};

fn source() -> String {
    let (_, source) = embedded_sources().find(|(slug, _)| *slug == "vpn-no-access").unwrap();
    source.to_owned()
}

/// What the checker says of the VPN flow after a change.
fn after(from: &str, to: &str) -> String {
    let source = source();
    assert!(source.contains(from), "{from}");
    problems(&source.replacen(from, to, 1))
}

fn problems(source: &str) -> String {
    let known = HashSet::from(["vpn-no-access".to_owned()]);
    let lines: Vec<String> = check("vpn-no-access", source, &known).iter().map(ToString::to_string).collect();
    lines.join("\n")
}

#[test]
fn every_flow_of_the_library_obeys_the_rules() {
    let known: HashSet<String> = embedded_sources().map(|(slug, _)| slug.to_owned()).collect();
    let problems: Vec<String> = embedded_sources()
        .flat_map(|(slug, source)| {
            check(slug, source, &known).into_iter().map(move |problem| format!("{slug}: {problem}"))
        })
        .collect();
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!(Library::embedded().flows().len(), known.len());
}

#[test]
fn the_checker_names_each_broken_rule() {
    for (from, to, rule) in [
        ("slug = \"vpn-no-access\"", "slug = \"vpn\"", "the file is called `vpn-no-access`"),
        ("category = \"network\"", "category = \"vpn\"", "must be one of identity, email"),
        ("category = \"network\"\n", "", "`category` is missing"),
        ("start = \"by-ip\"", "start = \"fix-dns\"", "`start` must name a question or a check"),
        ("also = [\"others\"]", "also = [\"nobody\"]", "`also` names `nobody`"),
        ("id = \"by-ip\"", "id = \"By_IP\"", "kebab-case"),
        ("goto = \"dns-servers\"", "goto = \"nowhere\"", "goes to `nowhere`"),
        ("goto = \"dns-servers\"", "goto = \"flow:unknown\"", "`flow:unknown` is no flow of the library"),
        ("goto = \"dns-servers\"\n", "", "`goto` is missing"),
        (
            "option = \"Not sure\"\nso = \"The route shows",
            "option = \"No idea\"\nso = \"The route shows",
            "exactly \"Not sure\"",
        ),
        ("supports = [\"dns-over-tunnel\", \"dns-suffix\"]", "supports = [\"nothing\"]", "`nothing` is no cause"),
        ("cause = \"dns-over-tunnel\"", "cause = \"nothing\"", "`nothing`, which is no cause"),
        ("risk = \"Low: only how", "risk = \"None: only how", "begins with Low, Medium or High"),
        ("confidence = 80", "confidence = 180", "from 0 to 100"),
        ("language = \"powershell\"\n", "", "`language` and `script` come together"),
        ("failed = \"full-name\"", "failed = \"by-ip\"", "never comes back"),
        ("failed = \"esc-access\"", "failed = \"esc-gateway\"", "esc-access: No goto or failed"),
        ("fact = \"Internal servers answer by IP address but not by name.\"\n", "", "needs a fact"),
        ("not by name.\"\nso", "not by name\"\nso", "full sentence with a full stop"),
        (
            "The VPN carries the traffic and the port answers",
            "Routes and port are excluded",
            "claims nothing to be excluded",
        ),
        ("yes = \"pass\"\n", "", "`yes` says which result a yes means"),
        ("yes = \"pass\"", "yes = \"true\"", "must be one of pass, fail"),
        (
            "label = \"Does the VPN adapter",
            "label = \"How does the VPN adapter",
            "belongs to a label that can be answered",
        ),
        ("colour", "color", ""),
    ] {
        if rule.is_empty() {
            continue;
        }
        let said = after(from, to);
        assert!(said.contains(rule), "{from} → {to} should say {rule:?}, says: {said}");
    }
}

#[test]
fn all_problems_come_at_once_and_with_their_lines() {
    let source =
        source().replacen("category = \"network\"", "category = \"vpn\"", 1).replacen("title = ", "titel = ", 1);
    let said = problems(&source);
    assert!(said.contains("line 3: `category`"), "{said}");
    assert!(said.contains("line 2: `titel` is not a key"), "{said}");
    assert!(said.contains("`title` is missing"), "{said}");
    assert!(problems("slug = ").contains("line 1: This is not valid TOML"));
}

#[test]
fn words_of_one_answer_must_not_mean_another() {
    let said = after("\"ip works\", ", "\"nothing works\", ");
    assert!(said.contains("\"nothing works\" is read as"), "{said}");
    let said =
        after("title = \"Build the VPN tunnel anew\"", "title = \"Send DNS for internal names through the tunnel\"");
    assert!(said.contains("The titles of a flow's fixes differ"), "{said}");
}

#[test]
fn numbers_have_to_cover_everything() {
    let numeric = |from: &str| {
        let two = format!("option = \"Much\"\n{from}\nfact = \"Much.\"");
        let source = source().replacen("option = \"Yes, only this user cannot\"", "option = \"Little\"\nbelow = 5", 1);
        problems(
            &source.replacen("option = \"No, the others cannot either\"\nsays", &format!("{two}\nsays"), 1).replacen(
                "fact = \"Other users cannot reach the internal servers over the VPN either.\"\n",
                "",
                1,
            ),
        )
    };
    assert_eq!(numeric("from = 5"), "");
    assert!(numeric("from = 6").contains("No answer takes the number 5"), "{}", numeric("from = 6"));
}

#[test]
fn access_is_never_touched_before_somebody_is_verified() {
    let source = source().replacen("slug = \"vpn-no-access\"", "slug = \"password-reset\"", 1);
    let known = HashSet::from(["password-reset".to_owned()]);
    let said: Vec<String> = check("password-reset", &source, &known).iter().map(ToString::to_string).collect();
    assert!(said.iter().any(|one| one.contains("verifies the person or the approval")), "{said:?}");
}

#[test]
fn the_library_knows_its_own_facts() {
    let library = own_flows();
    let question = "Do other users reach the same servers over the VPN right now?";
    let fact = "Other users reach the internal servers over the VPN.";
    for yes in ["Yes, only this user cannot", "yep", "1", "just one user has it"] {
        assert!(library.is_own_fact(question, &ItemAnswer::Answer(yes), fact), "{yes}");
    }
    for other in ["no", "Not sure", "purple"] {
        assert!(!library.is_own_fact(question, &ItemAnswer::Answer(other), fact), "{other}");
    }
    assert!(!library.is_own_fact(question, &ItemAnswer::Answer("yes"), "The server is on fire."));
    assert!(!library.is_own_fact("Another question?", &ItemAnswer::Answer("yes"), fact));
    let check = "Does the VPN adapter use the internal DNS servers?";
    let fact = "The VPN adapter does not use the internal DNS servers.";
    assert!(library.is_own_fact(check, &ItemAnswer::Result(CheckOutcome::Fail), fact));
    assert!(!library.is_own_fact(check, &ItemAnswer::Result(CheckOutcome::Pass), fact));
    assert_eq!(library.outcome_of_fact(check, fact), Some(CheckOutcome::Fail));
    assert_eq!(library.own_fact(question, &ItemAnswer::Answer("Not sure")), None);
}

#[test]
fn the_rephrased_question_is_the_same_question() {
    let library = own_flows();
    let flow = library.by_slug("vpn-no-access").unwrap();
    let question = flow.questions().find(|question| question.id == "others").unwrap();
    assert_ne!(question.rephrased(), question.text);
    let fact = "Other users reach the internal servers over the VPN.";
    assert!(library.is_own_fact(&question.rephrased(), &ItemAnswer::Answer("yes"), fact));
}

#[test]
fn general_triage_routes_to_other_flows() {
    let library = own_flows();
    let triage = library.by_slug("general-triage").unwrap();
    let targets = triage.nodes.iter().flat_map(|node| node.targets());
    let flows: HashSet<&str> = targets
        .filter_map(|(target, _)| if let Target::Flow(slug) = target { Some(slug.as_str()) } else { None })
        .collect();
    assert!(flows.len() >= 5, "{flows:?}");
}

#[test]
fn a_hash_names_a_version() {
    assert_eq!(Flow::hash_of("").len(), 64);
    assert_ne!(Flow::hash_of("a"), Flow::hash_of("b"));
    let library = own_flows();
    let flow = library.by_slug("vpn-no-access").unwrap();
    assert_eq!(flow.hash, Flow::hash_of(&source()));
    assert!(std::sync::Arc::ptr_eq(flow, library.by_hash(&flow.hash).unwrap()));
}
