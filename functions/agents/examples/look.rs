use std::collections::BTreeMap;
fn main() {
    let path = std::env::args().nth(1).unwrap();
    let idea = std::fs::read_to_string(path).unwrap();
    let t = std::time::Instant::now();
    let b = ideamine_agents::intake::brief_of(&idea);
    let el = t.elapsed();
    println!("TITLE {}\nSUMMARY {}\nPROBLEM {}", b.title.marked(), b.summary.marked(), b.problem.marked());
    println!("ACTORS {:?}", b.actors.iter().map(|a| &a.name.text).collect::<Vec<_>>());
    for n in &b.needs { println!("  {} [{}] {:?} {}", n.id, n.actor.clone().unwrap_or_default(), n.entities, n.statement.text.replace('\n'," ")); }
    for (k, l) in [("CON", &b.constraints), ("EXC", &b.exclusions), ("INT", &b.integrations), ("SEN", &b.sensitive_data)] { for t in l { println!("  {k} {}", t.text.replace('\n'," ")); } }
    for q in &b.quantities { println!("  QTY {}|{}", q.value, q.unit); }
    for e in &b.entities { println!("  ENT {} {:?}", e.name, e.fields.iter().map(|f| format!("{}:{:?}{}", f.name, f.kind, if f.required {"!"} else {""})).collect::<Vec<_>>()); }
    for q in &b.questions { println!("  Q{} {}  // {}", if q.blocking {"!"} else {""}, q.text, q.why); }
    println!("{el:?}");
    let _ = BTreeMap::<u8,u8>::new();
}
