use super::*;

/// Three variables of three levels; outcome = sum of levels, by a table.
fn sum_of_three() -> (Diagram, NodeId) {
    let mut diagram = Diagram::new(vec![3, 3, 3], 1000);
    let mut function = NodeId::leaf(0);
    for variable in 0..3 {
        let own = diagram.node(variable, &[NodeId::leaf(0), NodeId::leaf(1), NodeId::leaf(2)]).unwrap();
        function = diagram.combine(function, own, &|a, b| a + b).unwrap();
    }
    (diagram, function)
}

fn sheets() -> impl Iterator<Item = [u32; 3]> {
    (0..27).map(|n| [n % 3, n / 3 % 3, n / 9])
}

#[test]
fn a_sum_is_the_sum_on_every_sheet() {
    let (diagram, root) = sum_of_three();
    for sheet in sheets() {
        assert_eq!(diagram.outcome(root, |v| sheet[v as usize]), Some(sheet.iter().sum()));
    }
    // Reduced: one node at the top, three in the middle (by partial sum), five below.
    assert_eq!(diagram.reachable(root).len(), 1 + 3 + 5);
}

#[test]
fn equal_functions_have_equal_roots() {
    let (mut diagram, root) = sum_of_three();
    let odd = diagram.map(root, &|sum| sum % 2).unwrap();
    let even = diagram.map(root, &|sum| (sum + 1) % 2).unwrap();
    let negated = diagram.select(even, &[NodeId::leaf(1), NodeId::leaf(0)]).unwrap();
    assert_eq!(odd, negated);
}

#[test]
fn a_function_alone_is_the_same_and_has_no_other_nodes() {
    let (mut diagram, root) = sum_of_three();
    let odd = diagram.map(root, &|sum| sum % 2).unwrap();
    let (mut alone, own) = diagram.alone(odd).unwrap();
    for sheet in sheets() {
        let level = |v: u32| sheet[v as usize];
        assert_eq!(alone.outcome(own, level), diagram.outcome(odd, level));
    }
    assert_eq!(alone.nodes.len(), diagram.reachable(odd).len());
    assert!(alone.nodes.len() < diagram.nodes.len());
    // It can be worked with as before: equal functions have equal roots.
    let twice = alone.map(own, &|odd| 1 - odd).and_then(|even| alone.map(even, &|even| 1 - even)).unwrap();
    assert_eq!(twice, own);
    assert_eq!(diagram.alone(NodeId::leaf(2)).unwrap().1, NodeId::leaf(2));
}

#[test]
fn consensus_is_what_all_agree_on() {
    let (mut diagram, root) = sum_of_three();
    let at_least_3 = diagram.map(root, &|sum| u32::from(sum >= 3)).unwrap();
    let at_least_4 = diagram.map(root, &|sum| u32::from(sum >= 4)).unwrap();
    let both = diagram.consensus(&[at_least_3, at_least_4], 2).unwrap();
    for sheet in sheets() {
        let sum: u32 = sheet.iter().sum();
        let expected = if sum == 3 { 2 } else { u32::from(sum >= 4) };
        assert_eq!(diagram.outcome(both, |v| sheet[v as usize]), Some(expected));
    }
}

#[test]
fn openness_and_support_equal_brute_force() {
    let (mut diagram, root) = sum_of_three();
    let function = diagram.map(root, &|sum| u32::from(sum >= 4)).unwrap();
    let mut walker = Walker::default();
    for sheet in sheets() {
        for mask in 0..8_usize {
            let openings: Vec<Opening> =
                (0..3).map(|v| if mask >> v & 1 == 1 { Opening::Open(3) } else { Opening::Known(sheet[v]) }).collect();
            let fills: Vec<[u32; 3]> =
                sheets().filter(|fill| (0..3).all(|v| mask >> v & 1 == 1 || fill[v] == sheet[v])).collect();
            let outcome = |fill: &[u32; 3]| diagram.outcome(function, |v| fill[v as usize]).unwrap();
            let expected = fills.iter().fold(0, |set, fill| set | 1 << outcome(fill));
            assert_eq!(walker.outcomes(&diagram, function, &openings, 0b11), expected);
            // A variable matters if two fills that differ in it alone lead to different outcomes.
            let matters = |v: usize| {
                fills
                    .iter()
                    .any(|a| fills.iter().any(|b| (0..3).all(|w| w == v || a[w] == b[w]) && outcome(a) != outcome(b)))
            };
            let support: Vec<u32> = (0..3).filter(|v| matters(*v as usize)).collect();
            assert_eq!(diagram.open_support(function, &openings).unwrap(), support);
        }
    }
}

#[test]
fn the_nearest_change_is_the_smallest() {
    let (mut diagram, root) = sum_of_three();
    let function = diagram.map(root, &|sum| u32::from(sum >= 5)).unwrap();
    for sheet in sheets() {
        let distance = |fill: &[u32; 3]| (0..3).map(|v| fill[v].abs_diff(sheet[v])).sum::<u32>();
        let expected = sheets().filter(|fill| fill.iter().sum::<u32>() >= 5).map(|fill| distance(&fill)).min();
        let found = diagram
            .nearest(function, 0_u32, &|outcome| outcome == 1, &|v, level| Some(level.abs_diff(sheet[v as usize])));
        assert_eq!(found.map(|nearest| nearest.cost), expected);
    }
}

#[test]
fn a_budget_is_an_error_and_not_a_guess() {
    let mut diagram = Diagram::new(vec![2, 2], 1);
    assert!(diagram.node(1, &[NodeId::leaf(0), NodeId::leaf(1)]).is_ok());
    assert_eq!(diagram.node(0, &[NodeId::leaf(0), NodeId::leaf(1)]), Err(OverBudget(1)));
}

#[test]
fn force_draws_together_what_is_read_together() {
    let groups = vec![vec![0, 3], vec![1, 4], vec![2, 5]];
    let order = force_order(6, &groups);
    let place = |v: usize| order.iter().position(|w| *w == v).unwrap();
    let span: usize = groups.iter().map(|g| place(g[0]).abs_diff(place(g[1]))).sum();
    assert_eq!(span, 3, "each pair side by side");
    let mut sorted = order.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, (0..6).collect::<Vec<_>>());
}

#[test]
fn weighing_counts_every_sheet_and_a_level_by_its_size() {
    let (mut diagram, root) = sum_of_three();
    let sizes = [vec![1, 2, 1], vec![3, 1, 1], vec![1, 1, 5]];
    let counts = |diagram: &Diagram, root: NodeId| -> std::collections::BTreeMap<u32, u32> {
        let counts = diagram.weigh(root, &sizes).unwrap();
        counts.into_iter().map(|(outcome, count)| (outcome, u32::try_from(count).unwrap())).collect()
    };
    let mut expected = std::collections::BTreeMap::new();
    for sheet in sheets() {
        let size: u32 = sheet.iter().zip(&sizes).map(|(level, sizes)| sizes[*level as usize]).product();
        *expected.entry(sheet.iter().sum::<u32>()).or_insert(0) += size;
    }
    assert_eq!(counts(&diagram, root), expected);
    // A function that asks for the middle variable only, and one that asks for none.
    let middle = diagram.node(1, &[NodeId::leaf(0), NodeId::leaf(1), NodeId::leaf(1)]).unwrap();
    assert_eq!(counts(&diagram, middle), [(0, 4 * 3 * 7), (1, 4 * 2 * 7)].into());
    assert_eq!(counts(&diagram, NodeId::leaf(9)), [(9, 4 * 5 * 7)].into());
}

#[test]
fn counts_have_the_same_budget_as_nodes() {
    let mut diagram = Diagram::new(vec![4], 3);
    let root = diagram.node(0, &[0, 1, 2, 3].map(NodeId::leaf)).unwrap();
    assert_eq!(diagram.weigh(root, &[vec![1; 4]]), Err(OverBudget(3)));
    let narrow = diagram.node(0, &[0, 1, 2, 2].map(NodeId::leaf)).unwrap();
    assert!(diagram.weigh(narrow, &[vec![1; 4]]).is_ok());
}

#[test]
fn a_moved_function_says_what_the_other_sheet_says() {
    let (mut diagram, root) = sum_of_three();
    let odd = diagram.map(root, &|sum| sum % 2).unwrap();
    for variable in 0..3_u32 {
        // One step up where there is one, and from the top to another function.
        let moved = diagram.moved(&[root, odd], variable, &|level| if level < 2 { (0, level + 1) } else { (1, 0) });
        let moved = moved.unwrap();
        for sheet in sheets() {
            let mut other = sheet;
            let own = sheet[variable as usize];
            other[variable as usize] = if own < 2 { own + 1 } else { 0 };
            let sum: u32 = other.iter().sum();
            let expected = if own < 2 { sum } else { sum % 2 };
            assert_eq!(diagram.outcome(moved, |v| sheet[v as usize]), Some(expected));
        }
    }
}

#[test]
fn a_bad_move_is_found_exactly_where_there_is_one() {
    let (mut diagram, root) = sum_of_three();
    let falls = |from: u32, to: u32| to < from;
    let mut good = Default::default();
    // A sum rises with each of its variables; its rest by six falls where the last step makes it six.
    for variable in 0..3 {
        assert_eq!(diagram.find_move(root, variable, &[(0, 1), (1, 2)], &falls, &mut good), Ok(None));
        assert_eq!(diagram.find_move(root, variable, &[(0, 1), (1, 0)], &falls, &mut good), Ok(Some((1, 0))));
    }
    let rest = diagram.map(root, &|sum| sum % 6).unwrap();
    for variable in 0..3 {
        assert_eq!(diagram.find_move(rest, variable, &[(0, 1)], &falls, &mut good), Ok(None));
        assert_eq!(diagram.find_move(rest, variable, &[(1, 2)], &falls, &mut good), Ok(Some((1, 2))));
    }
}

#[test]
fn a_budget_holds_for_nodes_for_wide_nodes_and_for_steps() {
    let mut small = Diagram::new(vec![3, 3, 3], 2);
    let own =
        |diagram: &mut Diagram, variable| diagram.node(variable, &[NodeId::leaf(0), NodeId::leaf(1), NodeId::leaf(2)]);
    let (a, b) = (own(&mut small, 0).unwrap(), own(&mut small, 1).unwrap());
    assert_eq!(own(&mut small, 2), Err(OverBudget(2)));
    assert_eq!(small.combine(a, b, &|a, b| a + b), Err(OverBudget(2)));
    let mut wide = Diagram::new(vec![1000, 3], 10);
    let leaves: Vec<NodeId> = (0..1000).map(NodeId::leaf).collect();
    assert!(wide.node(0, &leaves).is_ok());
    assert_eq!(own(&mut wide, 1), Err(OverBudget(10)));
    // What comes to nothing takes steps all the same.
    let (mut steps, root) = sum_of_three();
    steps.budget = steps.nodes.len();
    let never =
        steps.apply(&[root, root, root], &|all| all.iter().all(|id| id.outcome().is_some()).then_some(NodeId::leaf(0)));
    assert_eq!(never, Ok(NodeId::leaf(0)));
    steps.budget = 3;
    let never =
        steps.apply(&[root, root, root], &|all| all.iter().all(|id| id.outcome().is_some()).then_some(NodeId::leaf(0)));
    assert_eq!(never, Err(OverBudget(3)));
}
