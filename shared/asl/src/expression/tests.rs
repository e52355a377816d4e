use super::*;
use crate::event::Data;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Evaluates with `input`, and `v` as the only variable.
fn with_scope<T>(input: &Value, variable: &Value, evaluate: impl FnOnce(&Scope<'_>) -> T) -> T {
    let input: Data = Arc::new(input.clone());
    let variable: Data = Arc::new(variable.clone());
    let context = || json!({"Execution": {"Name": "e"}});
    let lookup = |name: &str| (name == "v").then(|| Arc::clone(&variable));
    let scope = Scope {
        input: &input,
        result: Some(&input),
        error_output: None,
        context: &context,
        variable: &lookup,
        now_ms: 0,
        random: &|| 7,
    };
    evaluate(&scope)
}

fn value(expression: &str, input: &Value) -> Result<Value, Fault> {
    let expression = Expression::compile(expression).unwrap();
    with_scope(input, input, |scope| expression.evaluate(scope)).map(Arc::unwrap_or_clone)
}

fn document() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1000..1000i32).prop_map(|n| json!(f64::from(n) / 4.0)),
        "[a-c]{0,3}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec(("[a-c]", inner), 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn a_walked_path_is_what_jsonata_answers(
        document in document(),
        root in prop_oneof![Just("$states.input"), Just("$states.result"), Just("$v"), Just("$none")],
        members in prop::collection::vec("[a-c]", 0..4),
    ) {
        let source = [vec![root.to_owned()], members].concat().join(".");
        let expression = Expression::compile(&source).unwrap();
        prop_assert!(expression.path.is_some(), "{} is a plain path", source);
        let (walked, evaluated) = with_scope(&document, &document, |scope| {
            (expression.evaluate(scope), expression.run(scope))
        });
        let text = |outcome: Result<Data, Fault>| outcome.map(|value| value.to_string());
        prop_assert_eq!(text(walked), text(evaluated), "{}", source);
    }
}

#[test]
fn what_an_expression_reads_is_all_that_is_bound() {
    let input = json!({"a": 1});
    assert_eq!(value("$states.context.Execution.Name", &input), Ok(json!("e")));
    assert_eq!(value("$keys($states)", &input), Ok(json!(["input", "result", "context"])));
    assert_eq!(value("($f := function($s) { $s.a }; $f($states.input))", &input), Ok(json!(1)));
    assert_eq!(value("$states.errorOutput", &input), Err(Fault::Undefined));
    assert_eq!(value("$states.nothing", &input), Err(Fault::Undefined));
}

#[test]
fn jsonata_keeps_its_meaning_of_lists() {
    let input = json!({"one": [1], "none": [], "many": [{"x": 1}, {"x": 2}], "nested": [[1], [2]]});
    for (expression, expected) in [
        ("$states.input.one", json!([1])),
        ("$states.input.none", json!([])),
        ("$states.input.many.x", json!([1, 2])),
        ("$states.input.many[x = 1]", json!({"x": 1})),
        ("[$states.input.many[x = 1]]", json!([{"x": 1}])),
        ("$states.input.many[x = 1][]", json!([{"x": 1}])),
        ("$states.input.nested", json!([[1], [2]])),
        ("$map($states.input.one, function($i) { $i })", json!(1)),
        ("$states.input.one[0]", json!(1)),
        ("$states.input.many[-1].x", json!(2)),
        ("$merge([{'a': 1}, {'b': 2}])", json!({"a": 1, "b": 2})),
        ("$string($states.input.one)", json!("[1]")),
    ] {
        assert_eq!(value(expression, &input), Ok(expected), "{expression}");
    }
}

#[test]
fn numbers_are_doubles_and_come_back_as_integers_where_they_are() {
    let input = json!({"f": 2.0, "big": 9_007_199_254_740_993_i64});
    assert_eq!(value("$states.input.f", &input).unwrap().to_string(), "2");
    assert_eq!(value("1.5 * 2", &input).unwrap().to_string(), "3");
    assert_eq!(value("0.1 + 0.2", &input).unwrap(), json!(0.1 + 0.2));
    assert_eq!(value("$states.input.big", &input).unwrap(), value("$states.input.big + 0", &input).unwrap());
}

#[test]
fn an_expression_that_never_ends_is_stopped() {
    assert!(matches!(value("($f := function($n) { 1 + $f($n) }; $f(1))", &json!({})), Err(Fault::Threw(_))));
}

#[test]
fn delimiters_are_exact() {
    assert_eq!(source_of("{% 1 %}"), Some("1"));
    assert_eq!(source_of("{%1%}"), Some("1"));
    for text in [" {% 1 %}", "{% 1 %} ", "{% 1 %", "1 %}", "plain"] {
        assert_eq!(source_of(text), None, "{text}");
    }
    let mut problems = Vec::new();
    Template::compile(&json!({"a": ["{% 1", "{ % 1 %}"]}), "", &mut |at, _| problems.push(at.to_owned()));
    assert_eq!(problems, ["/a/0", "/a/1"]);
}
