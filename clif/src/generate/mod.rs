//! Artifacts that nobody wrote: valid, ending, and with one result that every
//! backend must find. Whatever is computed reaches the result.

mod calls;
mod floats;
mod flow;
mod frame;
mod integers;
mod memory;
mod omitted;
mod place;
mod profile;
mod program;
mod random;
mod traps;
mod vectors;

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use beskid_plugin_api::artifact::Feature;
use beskid_plugin_api::backend::Optimization;
use cranelift_codegen::isa::OwnedTargetIsa;

pub use omitted::OMITTED;
pub use program::{Generated, Mnemonics};

use crate::error::ClifError;
use crate::isa;
use profile::Profile;
use random::Random;

/// The target whose conventions signatures are checked by; the artifacts name none.
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// Makes artifacts.
pub struct Generator {
    isa: OwnedTargetIsa,
    features: BTreeSet<Feature>,
}

impl Generator {
    /// Makes artifacts that need no other features than these.
    ///
    /// # Errors
    /// [`ClifError`] if this Cranelift was built without its x86-64.
    pub fn new(features: BTreeSet<Feature>) -> Result<Self, ClifError> {
        Ok(Self {
            isa: isa::for_objects(TARGET, Optimization::None, &BTreeMap::new())?,
            features,
        })
    }

    /// The artifact of this number of a seed: the same bytes on every machine.
    ///
    /// # Errors
    /// [`ClifError`] if it is not valid, which is a mistake here.
    pub fn artifact(&self, seed: u64, number: u64) -> Result<Generated, ClifError> {
        let mut random = Random::new(seed, number);
        let profile = Profile::new(&mut random, &self.features);
        program::program(self.isa.clone(), &mut random, &profile)
    }
}

#[cfg(test)]
mod tests {
    use beskid_plugin_api::Digest;
    use beskid_plugin_api::artifact::CodegenArtifact;
    use cranelift_codegen::ir::Opcode;

    use super::*;

    fn all() -> Generator {
        let features = [
            Feature::Simd,
            Feature::Atomics,
            Feature::I128,
            Feature::TailCalls,
            Feature::Exceptions,
        ];
        Generator::new(features.into()).unwrap()
    }

    #[test]
    fn artifacts_are_valid_and_the_same_for_a_seed() {
        let (one, other) = (all(), all());
        for number in 0..60 {
            let made = one.artifact(5, number).unwrap();
            let again = other.artifact(5, number).unwrap();
            assert_eq!(made.artifact.bytes(), again.artifact.bytes());
            assert_eq!(made.mnemonics, again.mnemonics);
            CodegenArtifact::decode(made.artifact.bytes().to_vec()).unwrap();
        }
        let (a, b) = (one.artifact(5, 0).unwrap(), one.artifact(6, 0).unwrap());
        assert_ne!(a.artifact.bytes(), b.artifact.bytes());
    }

    /// What a seed gives is part of what a finding says: it changes with the version
    /// only.
    #[test]
    fn a_seed_gives_these_bytes() {
        let generator = all();
        let made = (0..40).map(|number| generator.artifact(1, number).unwrap());
        let bytes = made.flat_map(|made| made.artifact.bytes().to_vec());
        let digest = Digest::of(&bytes.collect::<Vec<_>>());
        assert_eq!(digest.to_string(), DIGEST);
    }

    const DIGEST: &str = "0981e6605389af75101c6195c3d1d9bd2435e07cc29ced4d3fc9c3dd6b94e299";

    #[test]
    fn every_mnemonic_is_generated_or_said_not_to_be() {
        let generator = all();
        let mut made = BTreeSet::new();
        for number in 0..400 {
            let generated = generator.artifact(11, number).unwrap();
            made.extend(generated.mnemonics.into_keys());
        }
        let omitted = OMITTED.iter().map(|(mnemonic, _)| (*mnemonic).to_owned());
        let omitted = omitted.collect::<BTreeSet<_>>();
        let both = made.intersection(&omitted).collect::<Vec<_>>();
        assert_eq!(both, [""; 0]);
        let known = Opcode::all().iter().map(Opcode::to_string);
        let known = known.collect::<BTreeSet<_>>();
        let either = made.union(&omitted).cloned().collect::<BTreeSet<_>>();
        let missing = known.difference(&either).collect::<Vec<_>>();
        assert_eq!(missing, [""; 0]);
        assert_eq!(known.len(), either.len());
    }

    #[test]
    fn the_document_says_what_is_not_generated() {
        let document = include_str!("../../../docs/hunt.md");
        let instructions = include_str!("../../../docs/instructions.md");
        let rows = document.lines().filter(|line| line.starts_with("| `"));
        for (mnemonic, reason) in OMITTED {
            let quoted = format!("`{mnemonic}`");
            let mut rows = rows
                .clone()
                .filter(|row| row.ends_with(&format!("| {reason} |")));
            assert!(
                rows.any(|row| row.contains(&quoted)),
                "{mnemonic}: {reason}"
            );
            assert!(instructions.contains(&quoted), "{mnemonic}");
        }
    }

    #[test]
    fn no_other_features_are_used_than_are_allowed() {
        let none = Generator::new(BTreeSet::new()).unwrap();
        for number in 0..40 {
            let made = none.artifact(3, number).unwrap();
            assert_eq!(made.artifact.header().features, BTreeSet::new());
        }
    }
}
