//! Plugins that are switched off, and on again.

use beskid_plugin_api::diagnostic::Diagnostic;

use super::super::wanted::Wanted;
use super::change::Installer;
use super::record::Record;

impl Installer<'_> {
    /// Switches plugins off, or on again. `Ok(false)`: they were.
    ///
    /// # Errors
    /// E4040 if the record cannot be written.
    pub(crate) fn switch(&self, name: &str, on: bool) -> Result<bool, Diagnostic> {
        let _turn = self.turn()?;
        let mut record = Record::read(&self.folder)?;
        let before = record.disabled.clone();
        if on {
            let wanted = Wanted::parse(name);
            record.disabled.retain(|off| {
                let off = Wanted::parse(off);
                // A plugin that is off as a whole is on as a whole, and so are the
                // versions that one name means.
                let is_of = |one: &Wanted<'_>, other: &Wanted<'_>| {
                    let version = other.version;
                    version.is_some_and(|version| one.means(other.id, version))
                };
                let is_off = off.version.is_none() || is_of(&wanted, &off) || is_of(&off, &wanted);
                off.id != wanted.id || !is_off
            });
        } else if !record.disabled.iter().any(|off| off == name) {
            record.disabled.push(name.to_owned());
        }
        if record.disabled == before {
            return Ok(false);
        }
        record.write(&self.folder)?;
        Ok(true)
    }
}
