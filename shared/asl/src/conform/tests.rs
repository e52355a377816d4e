use super::*;
#[test]
fn probe() {
    let text = std::fs::read_to_string("/work/shared/data/asl/dev.jsonl").unwrap();
    let rows: Vec<Row> = text.lines().map(|l| Row::parse(l).unwrap()).collect();
    let report = run_file(&rows);
    println!("{:#?}", report);
}
