//! The gates as Lambdas: each serves the one that its `Handler` names.

#[tokio::main]
async fn main() -> Result<(), ideamine_lambda::Error> {
    ideamine_lambda::serve("gates", async |_, _| Ok(ideamine_gates::registry())).await
}
