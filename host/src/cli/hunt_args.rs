//! Flags of `hunt`.

use std::path::PathBuf;

use clap::Args;

/// Flags of `hunt`.
#[derive(Debug, Args)]
pub struct HuntArgs {
    /// Engines to compare, at least two: backends, one with a level of optimization as
    /// `jit:none` or `jit:speed`, and `interpreter`
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "jit,aot",
        value_name = "NAMES"
    )]
    pub backends: Vec<String>,
    /// How long to hunt [default: 60, or with --count as long as it takes]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    pub seconds: Option<u64>,
    /// Most artifacts to compare
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub count: Option<u64>,
    /// Seed of the artifacts: the same one gives the same artifacts [default: another each time]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Number of the first artifact of the seed
    #[arg(long, value_name = "N", default_value_t = 0, requires = "seed")]
    pub first: u64,
    /// Features that the artifacts may need [default: those that all backends claim]
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    pub features: Option<Vec<String>>,
    /// Most seconds that an engine may take for one artifact
    #[arg(long, default_value_t = 10, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    pub timeout: u64,
    /// Most seconds in which what is found is made smaller
    #[arg(long, default_value_t = 10, value_name = "SECONDS")]
    pub reduce: u64,
    /// Folder for what is found
    #[arg(short, long, value_name = "PATH", default_value = "hunt")]
    pub output: PathBuf,
    /// Compare this program only, such as one that was found, and keep nothing
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["seconds", "count", "seed", "first", "features", "reduce", "output"]
    )]
    pub replay: Option<PathBuf>,
}

/// What one process of `hunt` does.
#[derive(Debug, Args)]
pub struct HuntWorkerArgs {
    /// Backend, or `interpreter`
    #[arg(long)]
    pub engine: String,
}
