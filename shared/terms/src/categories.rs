//! The ten prohibited uses.

use serde::{Deserialize, Serialize};

/// A prohibited use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Harm to people.
    Violence,
    /// Theft, fraud, drugs, attacks on computers.
    CrimeFraudCyber,
    /// Weapons that harm many.
    WeaponsMassHarm,
    /// Hate and harassment.
    HateHarassment,
    /// Suicide, self-injury, disordered eating.
    SelfHarm,
    /// Sexual content, sexual violence, safety of minors.
    SexualOrMinorSafety,
    /// Spying on people.
    PrivacySurveillance,
    /// Use of others' works and marks.
    IpInfringement,
    /// False statements that harm people or the public.
    MisinformationDefamation,
    /// Advice that only a professional may give.
    UnqualifiedAdvice,
}

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// A person should look at it.
    Notice,
    /// Held for review.
    Serious,
    /// Held for review, and not generated further meanwhile.
    Grave,
}

impl Category {
    /// All, in the order of the model's rows.
    pub const ALL: [Self; 10] = [
        Self::Violence,
        Self::CrimeFraudCyber,
        Self::WeaponsMassHarm,
        Self::HateHarassment,
        Self::SelfHarm,
        Self::SexualOrMinorSafety,
        Self::PrivacySurveillance,
        Self::IpInfringement,
        Self::MisinformationDefamation,
        Self::UnqualifiedAdvice,
    ];

    /// Its name in data files.
    pub fn name(self) -> &'static str {
        [
            "violence",
            "crime_fraud_cyber",
            "weapons_mass_harm",
            "hate_harassment",
            "self_harm",
            "sexual_or_minor_safety",
            "privacy_surveillance",
            "ip_infringement",
            "misinformation_defamation",
            "unqualified_advice",
        ][self as usize]
    }

    /// How grave it is when found for sure.
    pub fn severity(self) -> Severity {
        match self {
            Self::WeaponsMassHarm | Self::SelfHarm | Self::SexualOrMinorSafety | Self::Violence => {
                Severity::Grave
            }
            Self::IpInfringement | Self::UnqualifiedAdvice => Severity::Notice,
            _ => Severity::Serious,
        }
    }
}
