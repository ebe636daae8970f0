//! The edge to JavaScript, one file per topic: arrays come in once per run, points go out a block at a time.

mod block;
mod designs;
mod discrepancy;
mod gram;
mod halton;
mod kernel;
mod lattice;
mod net;
mod normal;
mod owen;
mod random;
mod run;
mod transform;
