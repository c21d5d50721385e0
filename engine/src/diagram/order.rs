//! The order of the variables: FORCE (Aloul, Markov & Sakallah 2003, "FORCE: a fast and easy-to-implement
//! variable-ordering heuristic"). What is read together is drawn together.

/// An order of the variables `0..count` in which the members of each group stand close to each other.
///
/// Groups are the variables that one scale or rule reads. Each round puts every group at the mean place of its
/// members and every variable at the mean place of its groups, and sorts; it stops when the total span of the
/// groups no longer falls. The start is the given order, so the result is the same everywhere.
pub(crate) fn force_order(count: usize, groups: &[Vec<usize>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    let mut best = (span(&order, groups), order.clone());
    // The number of rounds that the paper needed grows with the logarithm of the size; 64 is far above that.
    for _ in 0..64 {
        let place = places(&order);
        let centres: Vec<f64> =
            groups.iter().map(|group| mean(group.iter().filter_map(|v| place.get(*v)).map(|p| *p as f64))).collect();
        let mut pulled: Vec<(f64, usize, usize)> = (0..count)
            .map(|variable| {
                let own = place.get(variable).copied().unwrap_or(variable);
                let pulls = groups
                    .iter()
                    .zip(&centres)
                    .filter(|(group, _)| group.contains(&variable))
                    .map(|(_, centre)| *centre);
                let centre = mean(pulls);
                (if centre.is_nan() { own as f64 } else { centre }, own, variable)
            })
            .collect();
        pulled.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        order = pulled.into_iter().map(|(_, _, variable)| variable).collect();
        let now = span(&order, groups);
        if now >= best.0 {
            break;
        }
        best = (now, order.clone());
    }
    best.1
}

fn places(order: &[usize]) -> Vec<usize> {
    let mut place = vec![0; order.len()];
    for (at, variable) in order.iter().enumerate() {
        if let Some(slot) = place.get_mut(*variable) {
            *slot = at;
        }
    }
    place
}

fn span(order: &[usize], groups: &[Vec<usize>]) -> usize {
    let place = places(order);
    let span_of = |group: &Vec<usize>| {
        let members = || group.iter().filter_map(|variable| place.get(*variable));
        members().max().unwrap_or(&0) - members().min().unwrap_or(&0)
    };
    groups.iter().map(span_of).sum()
}

/// The mean; not a number for nothing.
fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    sum / count
}
