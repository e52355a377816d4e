//! `ideamine cost`: what a run used is counted on a real run, then multiplied with prices and quotas.

mod meter;
mod use_of;

pub(crate) use meter::Meter;
pub(crate) use use_of::{add, profile};
