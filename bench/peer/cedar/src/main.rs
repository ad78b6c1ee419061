//! Cedar's side of policy.cpp: bench-cedar CASES.ndjson [SECONDS]
//!
//! Prints JSON: without SECONDS the decision of each case, else what reading and judging take. A statement becomes a
//! policy of Cedar's language, and its globs become `like`; reading is of these. Conditions, `?` and Not* are not told.
use cedar_policy::{Authorizer, Context, Decision, Entities, EntityUid, PolicySet, Request};
use serde_json::{json, Value};
use std::{env, error::Error, fs, hint::black_box, mem};

type Fallible<T> = Result<T, Box<dyn Error>>;

struct Case {
    id: String,
    texts: Vec<String>, // one a layer
    layers: Vec<PolicySet>,
    request: Request,
}

/// Of a string, or of a list of them.
fn strings(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        single => single.as_str().into_iter().collect(),
    }
}

fn any_like(what: &str, globs: &[String]) -> String {
    let tests: Vec<String> = globs.iter().map(|glob| format!("context.{what} like {glob:?}")).collect();
    format!("({})", tests.join(" || "))
}

fn statement_in_cedar(statement: &Value) -> String {
    let effect = if statement["Effect"] == "Allow" { "permit" } else { "forbid" };
    let actions: Vec<String> = strings(&statement["Action"]).iter().map(|glob| glob.to_lowercase()).collect();
    let resources: Vec<String> = strings(&statement["Resource"]).iter().map(|glob| glob.to_string()).collect();
    let (actions, resources) = (any_like("action", &actions), any_like("resource", &resources));
    format!("{effect}(principal, action, resource) when {{ {actions} && {resources} }};\n")
}

fn layer_in_cedar(policies: &Value) -> String {
    let statements = policies.as_array().into_iter().flatten().filter_map(|policy| policy["Statement"].as_array());
    statements.flatten().map(statement_in_cedar).collect()
}

fn request_in_cedar(request: &Value) -> Fallible<Request> {
    let action = request["action"].as_str().ok_or("there is no action")?.to_lowercase();
    let context = Context::from_json_value(json!({"action": action, "resource": request["resource"]}), None)?;
    let name = |text: &str| text.parse::<EntityUid>();
    Ok(Request::new(name(r#"Role::"bench""#)?, name(r#"Action::"any""#)?, name(r#"Resource::"any""#)?, context, None)?)
}

fn case_of(line: &str) -> Fallible<Case> {
    let case: Value = serde_json::from_str(line)?;
    let layers = case["policies"].as_object().ok_or("there are no policies")?;
    let texts: Vec<String> = layers.values().map(layer_in_cedar).collect();
    Ok(Case {
        id: case["id"].as_str().ok_or("there is no id")?.to_string(),
        layers: texts.iter().map(|text| text.parse()).collect::<Result<_, _>>()?,
        texts,
        request: request_in_cedar(&case["request"])?,
    })
}

struct Judge {
    authorizer: Authorizer,
    entities: Entities,
}

impl Judge {
    fn allows(&self, case: &Case) -> bool {
        let says = |layer| self.authorizer.is_authorized(&case.request, layer, &self.entities).decision();
        case.layers.iter().all(|layer| says(layer) == Decision::Allow)
    }

    /// Cedar names the policies that decided: none of them where none allowed.
    fn denies(&self, case: &Case) -> bool {
        case.layers.iter().any(|layer| {
            let answer = self.authorizer.is_authorized(&case.request, layer, &self.entities);
            answer.decision() == Decision::Deny && answer.diagnostics().reason().next().is_some()
        })
    }

    fn decision(&self, case: &Case) -> &'static str {
        if self.allows(case) {
            "allow"
        } else if self.denies(case) {
            "explicit_deny"
        } else {
            "implicit_deny"
        }
    }
}

/// User and system, of all threads.
fn cpu_s() -> f64 {
    // SAFETY: rusage is plain numbers, for which zeros are valid, and the call writes no more than it.
    let used = unsafe {
        let mut used: libc::rusage = mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &mut used);
        used
    };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    seconds(used.ru_utime) + seconds(used.ru_stime)
}

/// CPU seconds of one item's work, over all of them again and again.
fn time_of<T>(seconds: f64, items: &[T], work: impl Fn(&T)) -> f64 {
    let started = cpu_s();
    let mut count = 0;
    loop {
        items.iter().for_each(&work);
        count += items.len();
        let passed = cpu_s() - started;
        if passed >= seconds {
            return passed / count as f64;
        }
    }
}

fn measure(judge: &Judge, cases: &[Case], seconds: f64) {
    let texts: Vec<&String> = cases.iter().flat_map(|case| &case.texts).collect();
    let reading = time_of(seconds, &texts, |text| {
        black_box(text.parse::<PolicySet>().is_ok());
    });
    let judging = time_of(seconds, cases, |case| {
        black_box(judge.allows(case));
    });
    println!(
        r#"{{"engine": "cedar-policy", "cases": {}, "parse_us_per_policy": {:.2}, "evals_per_s": {:.0}}}"#,
        cases.len(),
        reading * 1e6,
        1.0 / judging
    );
}

fn main() -> Fallible<()> {
    let arguments: Vec<String> = env::args().collect();
    let file = arguments.get(1).ok_or("usage: bench-cedar CASES.ndjson [SECONDS]")?;
    let cases = fs::read_to_string(file)?.lines().map(case_of).collect::<Fallible<Vec<Case>>>()?;
    let judge = Judge { authorizer: Authorizer::new(), entities: Entities::empty() };
    if let Some(seconds) = arguments.get(2) {
        measure(&judge, &cases, seconds.parse()?);
        return Ok(());
    }
    for case in &cases {
        println!(r#"{{"id": {:?}, "decision": "{}"}}"#, case.id, judge.decision(case));
    }
    Ok(())
}
