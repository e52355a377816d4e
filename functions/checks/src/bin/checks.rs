//! `job-check` as a Lambda: its jobs run on AWS Batch.

#[tokio::main]
async fn main() -> Result<(), ideamine_lambda::Error> {
    ideamine_lambda::serve("checks", async |aws, _| Ok(ideamine_checks::registry(aws.jobs()))).await
}
