//! The shape of every answer that crosses the boundary.

use abi_stable::StableAbi;
use abi_stable::std_types::RVec;

/// A JSON message and, beside it, bulk bytes.
#[repr(C)]
#[derive(StableAbi)]
pub struct Reply {
    /// JSON of `{"Ok": value}` or `{"Err": diagnostic}`.
    pub message: RVec<u8>,
    /// Bytes that would be wasteful as JSON, such as an object file.
    pub payload: RVec<u8>,
}
