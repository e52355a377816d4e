//! The agents as Lambdas: each serves the one that its `Handler` names.

#[tokio::main]
async fn main() -> Result<(), ideamine_lambda::Error> {
    ideamine_lambda::serve("agents", async |_, _| Ok(ideamine_agents::registry())).await
}
