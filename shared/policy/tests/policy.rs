//! What a policy decides, and what it refuses to be.

use ideamine_policy::{Action, BadBundle, Bundle, Decision, Policy, Suite};
use serde_json::{Value, json};

fn bundle(rego: &str) -> Bundle {
    Bundle {
        version: "t".to_owned(),
        modules: [("m.rego".to_owned(), rego.to_owned())].into(),
        data: Value::Null,
    }
}

fn action(kind: Value) -> Action {
    let subject =
        json!({ "tenant": "local", "run": "01M831TJAXR780B3JV8PDY4NRT", "function": "job-model-call" });
    serde_json::from_value(json!({ "subject": subject, "action": kind })).expect("an action")
}

fn network(host: &str) -> Action {
    action(json!({ "kind": "network", "host": host, "port": 443, "tls": true }))
}

const ALLOW_A: &str = r#"package ideamine.policy
import rego.v1
allow contains {"rule": "is-a", "reason": "it is a"} if input.action.host == "a"
"#;

#[test]
fn the_starter_bundle_holds_what_it_promises() {
    let suite = Suite::run(&Bundle::starter()).expect("it compiles");
    let failed: Vec<_> = suite.cases.iter().filter(|case| !case.passed).collect();
    assert!(suite.holds(), "{failed:#?}");
    assert!(suite.cases.len() >= 30, "{} tests", suite.cases.len());
}

#[test]
fn what_no_rule_allows_is_refused() {
    let policy = Policy::new(&bundle(ALLOW_A)).expect("a policy");
    let decision = policy.decide(&network("b"));
    assert!(!decision.allowed);
    assert_eq!(decision.rulings[0].rule, Decision::DEFAULT);
    assert_eq!(decision.bundle, policy.digest());
    assert!(policy.decide(&network("a")).allowed);
}

#[test]
fn one_refusal_outweighs_every_permission() {
    let rego = format!(
        "{ALLOW_A}deny contains {{\"rule\": \"no-{host}\", \"reason\": \"r\"}} if input.action.port == 443\n",
        host = "tls"
    );
    let decision = Policy::new(&bundle(&rego)).expect("a policy").decide(&network("a"));
    assert!(!decision.allowed);
    assert_eq!(decision.rulings.iter().map(|r| r.rule.as_str()).collect::<Vec<_>>(), ["no-tls"]);
}

#[test]
fn rules_that_fail_refuse() {
    let check = |rule: &str| {
        let rego = format!("package ideamine.policy\nimport rego.v1\n{rule}\n");
        let decision = Policy::new(&bundle(&rego)).expect("a policy").decide(&network("a"));
        assert!(!decision.allowed, "{rule}: {decision:?}");
        assert_eq!(decision.rulings[0].rule, Decision::ERROR, "{rule}: {decision:?}");
    };
    // A set of something else, and one that takes too long.
    let now = "if input.action.port == 443";
    check(&format!(r#"allow contains "yes" {now}"#));
    let many = (0..60).map(|i| i.to_string()).collect::<Vec<_>>().join(",");
    let long = format!("n := [{many}]; some i in n; some j in n; some k in n; some l in n; i != j");
    check(&format!(
        r#"allow contains {{"rule": "x", "reason": sprintf("%d", [count([1 | {long}])])}} {now}"#
    ));
}

#[test]
fn a_function_that_fails_makes_its_rule_silent_and_its_test_loud() {
    let rego = "package ideamine.policy\nimport rego.v1\nallow contains {\"rule\": \"x\", \"reason\": to_number(input.action.host)} if true\n";
    let mut bundle = bundle(rego);
    let decision = Policy::new(&bundle).expect("a policy").decide(&network("a"));
    assert_eq!(decision.rulings[0].rule, Decision::DEFAULT);
    let test = "package ideamine.policy_test\nimport rego.v1\ntest_it if {\n\tcount(data.ideamine.policy.allow) == 0 with input as {\"action\": {\"host\": \"a\"}}\n}\n";
    bundle.modules.insert("m_test.rego".to_owned(), test.to_owned());
    let suite = Suite::run(&bundle).expect("it compiles");
    assert!(
        suite.cases[0].why.as_ref().is_some_and(|why| why.contains("could not parse string as number")),
        "{suite:?}"
    );
}

#[test]
fn what_is_no_bundle_is_refused_by_name() {
    let check = |bundle: &Bundle, expected: &str| {
        let trouble = Policy::new(bundle).err().expect(expected).to_string();
        assert!(trouble.contains(expected), "{trouble}");
    };
    check(&bundle("package elsewhere\n"), "no module of the bundle belongs to the package");
    check(&bundle("package ideamine.policy\nimport rego.v1\nallow contains {"), "m.rego");
    check(&bundle("package ideamine.policy\nimport rego.v1\nx := rand.intn(\"a\", 9)\n"), "rand.intn");
    check(&bundle("package ideamine.policy\nimport rego.v1\nx := time.now_ns()\n"), "time.now_ns");
    check(&bundle("package ideamine.policy\nimport rego.v1\nallow := true\n"), "`allow` must be a set");
    check(
        &bundle("package ideamine.policy\nimport rego.v1\ndeny[x] := 1 if x := \"a\"\n"),
        "`deny` must be a set",
    );
    check(&bundle("package ideamine.policy\nimport rego.v1\nx := http.send({})\n"), "http.send");
    let deny = "deny contains {\"rule\": \"x\", \"reason\": \"y\"} if";
    for (endless, expected) in [
        (
            format!("{deny} {{ some a in numbers.range(1, 1000000000); a < 0 }}"),
            "`numbers.range` is not offered",
        ),
        (format!("down(n) := down(n + 1)\n{deny} down(1)"), "`data.ideamine.policy.down` calls itself"),
        (format!("even(n) if odd(n - 1)\nodd(n) if even(n - 1)\n{deny} even(2)"), "calls itself"),
        (format!("a if b\nb if a\n{deny} a"), "recurs"),
    ] {
        check(&bundle(&format!("package ideamine.policy\nimport rego.v1\n{endless}\n")), expected);
    }
    check(&Bundle { data: json!([1]), ..bundle(ALLOW_A) }, "must be a JSON object");
    check(&Bundle { data: json!({ "ideamine": {} }), ..bundle(ALLOW_A) }, "must be a JSON object");
    check(&Bundle { version: "a b".to_owned(), ..bundle(ALLOW_A) }, "no name for a version");
    let many = (0..=Bundle::MODULES_MAX).map(|i| (format!("m{i}.rego"), ALLOW_A.to_owned())).collect();
    check(&Bundle { modules: many, ..bundle(ALLOW_A) }, "65 modules; at most 64");
    assert!(matches!(
        Policy::new(&bundle(&" ".repeat(Bundle::MODULE_BYTES_MAX + 1))),
        Err(BadBundle::TooMuch { .. })
    ));
}

#[test]
fn a_digest_tells_states_of_a_bundle_apart() {
    let one = bundle(ALLOW_A).digest().expect("a digest");
    assert_eq!(one, bundle(ALLOW_A).digest().expect("a digest"));
    assert_ne!(one, bundle(&ALLOW_A.replace("is-a", "is-b")).digest().expect("a digest"));
    assert_ne!(one, Bundle { version: "u".to_owned(), ..bundle(ALLOW_A) }.digest().expect("a digest"));
}

#[test]
fn tests_of_a_bundle_can_fail() {
    let mut tested = bundle(ALLOW_A);
    let test = "package ideamine.policy_test\nimport rego.v1\ntest_never if false\ntest_broken if to_number(\"x\")\ntest_fine if true\n";
    tested.modules.insert("m_test.rego".to_owned(), test.to_owned());
    let suite = Suite::run(&tested).expect("it compiles");
    let passed: Vec<_> = suite.cases.iter().map(|case| (case.name.as_str(), case.passed)).collect();
    assert_eq!(
        passed,
        [
            ("m_test.rego: test_never", false),
            ("m_test.rego: test_broken", false),
            ("m_test.rego: test_fine", true)
        ]
    );
    assert!(!suite.holds());
    assert!(!Suite::run(&bundle(ALLOW_A)).expect("it compiles").holds(), "no test is no proof");
}
