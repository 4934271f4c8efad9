//! Settings: what the program's code means beyond its instructions.

use std::collections::BTreeSet;

use super::container::Section;
use super::error::{ArtifactError, Result};
use super::sections;

/// Tag of the section, which is required, and absent without settings.
pub(super) const SETT: [u8; 4] = *b"SETT";

/// Something that changes what all of the program's functions mean, or how
/// they are called. A backend obeys every setting or refuses the artifact; what
/// only changes how good the code is belongs to the options of a compilation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Setting {
    /// Floating-point operations give one NaN only, the quiet one without sign
    /// and payload.
    CanonicalNans,
    /// Each function keeps a frame pointer in the form of the platform, also
    /// where nothing in it asks for one.
    FramePointers,
    /// The register of `get_pinned_reg` is left alone by every function: it is
    /// neither used for values nor restored.
    PinnedRegister,
}

impl Setting {
    /// Every setting, in order of their names.
    pub const ALL: [Self; 3] = [
        Self::CanonicalNans,
        Self::FramePointers,
        Self::PinnedRegister,
    ];

    /// The name, as it stands in the file and in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CanonicalNans => "canonical-nans",
            Self::FramePointers => "frame-pointers",
            Self::PinnedRegister => "pinned-register",
        }
    }
}

/// What the section says; nothing, if there is none.
pub(super) fn read(found: &[Section<'_>]) -> Result<BTreeSet<Setting>> {
    if !found.iter().any(|section| section.tag == SETT) {
        return Ok(BTreeSet::new());
    }
    let names = sections::postcard_section::<Vec<String>>(found, SETT, "SETT", "settings")?;
    let invalid = |reason| ArtifactError::Invalid {
        section: "SETT",
        place: "settings".to_owned(),
        reason,
    };
    if names.is_empty() || !names.is_sorted_by(|one, next| one < next) {
        return Err(invalid("they do not ascend, or there are none".to_owned()));
    }
    let mut settings = BTreeSet::new();
    for name in names {
        let known = Setting::ALL.into_iter().find(|known| known.name() == name);
        settings.insert(known.ok_or(ArtifactError::UnknownSetting { name })?);
    }
    Ok(settings)
}

/// The payload of the section; `None` without settings.
pub(super) fn names(settings: &BTreeSet<Setting>) -> Option<Vec<&'static str>> {
    let names = settings.iter().map(|setting| setting.name());
    let names = names.collect::<Vec<_>>();
    (!names.is_empty()).then_some(names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::container::{self, FORMAT_VERSION};
    use crate::artifact::{ArtifactBuilder, CodegenArtifact, Header};

    fn with(settings: &[Setting]) -> CodegenArtifact {
        let mut builder = ArtifactBuilder::new(Header::new("test", "1"));
        settings.iter().for_each(|setting| builder.set(*setting));
        builder.finish().unwrap()
    }

    /// The artifact without settings, and a section of these names.
    fn named(names: &[&str]) -> Result<CodegenArtifact> {
        let plain = with(&[]);
        let (mut sections, _) = container::read(plain.bytes()).unwrap();
        let payload = postcard::to_stdvec(names).unwrap();
        sections.push(Section {
            tag: SETT,
            required: true,
            payload: &payload,
        });
        CodegenArtifact::decode(container::write(&sections).0)
    }

    #[test]
    fn settings_travel_in_a_required_section_that_is_there_if_they_are() {
        let all = with(&Setting::ALL);
        assert!(all.settings().iter().eq(&Setting::ALL));
        let (sections, _) = container::read(all.bytes()).unwrap();
        assert!(sections.last().unwrap().required);
        let plain = with(&[]);
        let (sections, _) = container::read(plain.bytes()).unwrap();
        assert!(sections.iter().all(|section| section.tag != SETT));
        assert_eq!(
            FORMAT_VERSION, 1,
            "settings are no reason for a new version"
        );
        let names = Setting::ALL.map(Setting::name);
        assert_eq!(named(&names).unwrap().bytes(), all.bytes());
    }

    #[test]
    fn unknown_settings_are_refused_by_name_and_the_rest_has_one_spelling() {
        let unknown = named(&["canonical-nans", "weird"]).unwrap_err();
        assert_eq!(unknown.code(), "E5005");
        assert!(unknown.to_string().contains("`weird`"), "{unknown}");
        let refused: [&[&str]; 3] = [
            &[],
            &["frame-pointers", "canonical-nans"],
            &["frame-pointers", "frame-pointers"],
        ];
        for names in refused {
            assert_eq!(named(names).unwrap_err().code(), "E5007", "{names:?}");
        }
    }
}
