use bearings_engine::{diagnostic::SourceFile, questionnaire::*, responses::*, *};
use std::sync::Arc;
use std::time::Instant;
fn main() {
    let id = std::env::args().nth(1).unwrap();
    let q = SourceFile::new("q.json", std::fs::read_to_string(format!("questionnaires/{id}.json")).unwrap());
    let t = Instant::now();
    let q = match Questionnaire::load(&q) {
        Ok(q) => Arc::new(q),
        Err(e) => {
            for d in e.0 {
                println!("{d:?}")
            }
            return;
        }
    };
    println!("questionnaire {:?}", t.elapsed());
    let mut names: Vec<_> = std::fs::read_dir(format!("rulesets/{id}"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "rhai"))
        .collect();
    names.sort_by_key(|p| (!p.ends_with("ruleset.rhai"), p.clone()));
    let files: Vec<_> =
        names.iter().map(|p| SourceFile::new(p.display().to_string(), std::fs::read_to_string(p).unwrap())).collect();
    let t = Instant::now();
    let r = load(&files, &q, &LoadOptions::only(Role::Hurt, Form::Short));
    println!("one variant {:?}", t.elapsed());
    let show = |ds: &[diagnostic::Diagnostic]| {
        for d in ds {
            let f = files.iter().find(|f| f.name == d.source);
            let p = d.span.as_ref().and_then(|s| f.map(|f| f.position(s.start)));
            println!(
                "{}[{}] {}:{:?} {} {:?} `{}`",
                d.severity,
                d.code,
                d.source,
                p,
                d.message,
                d.hints,
                d.span.clone().and_then(|s| f.and_then(|f| f.text.get(s))).unwrap_or("")
            )
        }
    };
    match r {
        Ok((_, w)) => show(&w),
        Err(e) => show(&e.0),
    }
    let t = Instant::now();
    let r = match load(&files, &q, &LoadOptions::all()) {
        Ok((r, w)) => {
            show(&w);
            r
        }
        Err(e) => {
            show(&e.0);
            return;
        }
    };
    println!("all variants {:?}", t.elapsed());
    if let Ok(dir) = std::fs::read_dir(format!("rulesets/{id}/cases")) {
        let mut paths: Vec<_> = dir.map(|e| e.unwrap().path()).collect();
        paths.sort();
        for p in paths {
            let v: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&p).unwrap()).unwrap();
            let mut a = serde_json::json!({"format":"bearings/answers@1","questionnaire":{"id":q.id,"version":q.version},"form":v["form"],"answers":v["answers"],"missing":v.get("missing").cloned().unwrap_or(serde_json::json!({})),"safety":"answered"});
            let f = SourceFile::new("a", a.take().to_string());
            let (resp, c) = match AnswersFile::load(&f, &q, Role::Hurt) {
                Ok(x) => x,
                Err(e) => {
                    println!("{p:?} {:?}", e.0);
                    continue;
                }
            };
            let t = Instant::now();
            let out = assess(&r, &resp).unwrap();
            let el = t.elapsed();
            let o = serde_json::to_value(&out).unwrap();
            println!(
                "{:?} conflicts {} {:?}\n   expect {}\n   got    {} {} {} hold {} ov {} settle {}",
                p.file_name().unwrap(),
                c.len(),
                el,
                v["expect"],
                o["signal"]["id"],
                o["signal"]["reason"],
                o["stage"]["id"],
                o["holds_under"],
                o["overlays"]
                    .as_array()
                    .map(|a| a.iter().map(|x| x["id"].as_str().unwrap().to_string()).collect::<Vec<_>>().join(","))
                    .unwrap_or_default(),
                o["would_settle"]
            );
            if std::env::args().nth(2).is_some_and(|x| p.to_string_lossy().contains(&x)) {
                println!("{}", serde_json::to_string_pretty(&o).unwrap())
            }
        }
    }
}
