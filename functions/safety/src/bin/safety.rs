//! The guards of this family as Lambdas: each serves the one that its `Handler` names.

#[tokio::main]
async fn main() -> Result<(), ideamine_lambda::Error> {
    ideamine_lambda::serve("safety", async |_, _| Ok(ideamine_safety::registry())).await
}
