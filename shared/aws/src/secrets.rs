//! stub
use ideamine_core::Failure;
use std::fmt;
/// A secret: shown by [`Secret::expose`] alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);
impl Secret {
    /// The secret itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}
/// Secrets by parameter name, kept for a while.
pub struct Secrets {
    _c: aws_sdk_ssm::Client,
}
impl Secrets {
    pub(crate) fn new(_c: aws_sdk_ssm::Client) -> Self {
        Self { _c }
    }
    /// The decrypted value of a parameter; `/aws/reference/secretsmanager/NAME` reads a secret of Secrets Manager.
    ///
    /// # Errors
    /// `Config.Invalid` when there is none or the role may not read it, `Store.Unavailable`.
    pub async fn get(&self, _name: &str) -> Result<Secret, Failure> {
        Err(Failure::bug("unfinished"))
    }
}
