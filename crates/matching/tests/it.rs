//! Matching through its public door: planted people, households and twins, bad files, known data sets.

mod it {
    mod files;
    mod people;
    mod sets;
}
