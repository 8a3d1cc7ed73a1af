//! Any request, read and signed again as Kraken's.

#![no_main]

use keyward_dialect::kraken::Kraken;
use keyward_fuzz::check_dialect;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| check_dialect(&Kraken, input));
