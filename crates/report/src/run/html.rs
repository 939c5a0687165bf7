//! A run as one HTML file that needs nothing else: numbers, curves, the best placement, the config.

use crate::base64;
use crate::run::chart::escape;
use crate::run::energy::{kg, kwh};
use crate::run::parts::Parts;
use crate::run::terminal::duration;
use crate::run::{Chart, EnergyConfig, EnergySource, IterationLine, LogLine, Series};

/// What goes into a report.
#[derive(Clone, Debug)]
pub struct RunReport<'a> {
    /// Name of the run.
    pub name: &'a str,
    /// Its log.
    pub log: &'a [LogLine],
    /// Its config as TOML.
    pub config: &'a str,
    /// The best placement as SVG.
    pub best: Option<&'a [u8]>,
    /// How energy is counted.
    pub energy: &'a EnergyConfig,
}

const CSS: &str = "\
:root{color-scheme:light dark;--ink:#22262c;--soft:#5d646e;--paper:#f4f4f0;--card:#fff;--line:#dcdcd6;\
--good:#00724f;--bad:#b3261e}\
@media(prefers-color-scheme:dark){:root{--ink:#e6e6e0;--soft:#a2a9b3;--paper:#131518;--card:#1b1e23;\
--line:#30353c;--good:#2ecc9a;--bad:#ff8a80}}\
*{box-sizing:border-box}body{margin:0 auto;max-width:1180px;padding:28px 20px 60px;background:var(--paper);\
color:var(--ink);font:15px/1.5 system-ui,sans-serif}\
h1{font-size:24px;margin:0}h2{font-size:17px;margin:36px 0 12px}p{margin:6px 0;color:var(--soft)}\
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:20px 0}\
.card,.plot{background:var(--card);border:1px solid var(--line);border-radius:10px}\
.card{padding:12px 14px}.card b{display:block;font-size:22px;font-weight:650;\
font-variant-numeric:tabular-nums}.card span{color:var(--soft);font-size:13px}\
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(440px,100%),1fr));gap:14px}\
.plot{padding:8px}.plot svg,.plot img{display:block;width:100%;height:auto}\
.wide{max-width:760px;margin:auto}table{border-collapse:collapse;width:100%;background:var(--card);\
border:1px solid var(--line);border-radius:10px;overflow:hidden}\
th,td{padding:6px 12px;text-align:right;border-top:1px solid var(--line);font-variant-numeric:tabular-nums}\
th:first-child,td:first-child{text-align:left}thead th{border-top:0;color:var(--soft);font-weight:600}\
.bad{color:var(--bad)}.good{color:var(--good)}pre{overflow:auto;background:var(--card);padding:14px;\
border:1px solid var(--line);border-radius:10px;font-size:13px}summary{cursor:pointer;font-weight:600}\
.scroll{overflow-x:auto}";

/// Makes the page.
pub fn html(report: &RunReport<'_>) -> String {
    let parts = Parts::of(report.log);
    let name = escape(report.name);
    let mut text = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>{name}</title><style>{CSS}{}</style></head><body>\n<h1>{name}</h1>\n",
        Chart::css()
    );
    text += &head(&parts);
    text += &cards(&parts, report.energy);
    text += &curves(&parts);
    if let Some(best) = report.best {
        // As a picture of its own, so that its style sheet stays inside.
        text += &format!(
            "<h2>Best placement</h2><div class=\"plot wide\"><img alt=\"the best placement\" \
             src=\"data:image/svg+xml;base64,{}\"></div>\n",
            base64(best)
        );
    }
    text += &designs(&parts);
    text += &times(&parts);
    text += &energy(&parts, report.energy);
    text += &format!(
        "<h2>Config</h2><details><summary>config.toml</summary><pre>{}</pre></details>\n\
         <h2>What the numbers are</h2>{GLOSSARY}</body></html>\n",
        escape(report.config)
    );
    text
}

const GLOSSARY: &str = "<div class=\"scroll\"><table><thead><tr><th>number</th><th>formula</th></tr></thead>\
<tr><td>reward</td><td>−(w₁ · wirelength + w₂ · density + w₃ · congestion) at the end of an episode</td></tr>\
<tr><td>score</td><td>geometric mean over the evaluated designs of the lowest proxy cost of one greedy and k drawn episodes</td></tr>\
<tr><td>policy loss</td><td>mean of −min(ρA, clip(ρ, 1 ± ε)A), ρ = π / π<sub>collecting</sub></td></tr>\
<tr><td>value loss</td><td>mean of (R − V)²</td></tr>\
<tr><td>entropy</td><td>mean of −Σ π ln π over the legal cells, nats</td></tr>\
<tr><td>KL</td><td>mean of (ρ − 1) − ln ρ</td></tr>\
<tr><td>clipped</td><td>share of steps with |ρ − 1| &gt; ε</td></tr>\
<tr><td>explained variance</td><td>1 − Var(R − V) / Var(R)</td></tr></table></div>";

fn head(parts: &Parts<'_>) -> String {
    let Some(start) = parts.start else { return String::new() };
    let names = |all: &[String]| match all {
        [] => "none".to_owned(),
        all if all.len() <= 4 => all.join(", "),
        all => format!("{} and {} more", all[..3].join(", "), all.len() - 3),
    };
    let mut text = format!(
        "<p>flagstone {} {}, {} thread{} on {}. Learned from {}; held out: {}.</p>\n",
        escape(&start.version),
        escape(&start.command),
        start.threads,
        if start.threads == 1 { "" } else { "s" },
        escape(&start.device),
        escape(&names(&start.designs)),
        escape(&names(&start.held_out)),
    );
    let state = match parts.stop {
        Some(stop) => format!("Ended: {}.", escape(&stop.explanation).replace('\n', "<br>")),
        None => "Not ended, or ended without a word.".to_owned(),
    };
    text += &format!("<p>{state}</p>\n");
    text
}

fn cards(parts: &Parts<'_>, energy: &EnergyConfig) -> String {
    let last = parts.iterations.last();
    let number = |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.4}"));
    let joules = parts.sum(|line| line.energy.joules());
    let infeasible = parts.sum(|line| line.infeasible as f64);
    let all = [
        (number(last.and_then(|line| line.run_best)), "best proxy cost, first design".to_owned()),
        (number(last.and_then(|line| line.run_score)), "best score".to_owned()),
        (parts.iterations.len().to_string(), "iterations".to_owned()),
        (
            last.map_or(0, |line| line.total_episodes).to_string(),
            format!("episodes, {infeasible:.0} infeasible"),
        ),
        (duration(parts.sum(|line| line.time.total())), "of work".to_owned()),
        (kwh(joules), format!("{} CO₂e", kg(energy.kg_co2e(joules)))),
    ];
    let card = |(value, name): &(String, String)| {
        format!("<div class=\"card\"><b>{value}</b><span>{name}</span></div>")
    };
    format!("<div class=\"cards\">{}</div>\n", all.iter().map(card).collect::<String>())
}

fn curves(parts: &Parts<'_>) -> String {
    let chart = |title: &str, series: Vec<Series>| {
        let series = series.into_iter().filter(|series| !series.points.is_empty()).collect();
        let (title, x_label) = (title.to_owned(), "episodes".to_owned());
        Chart { title, x_label, series, ..Chart::default() }.svg()
    };
    let cost = |term: fn(&crate::CostReport) -> f64| {
        move |line: &IterationLine| line.cost.as_ref().map(term)
    };
    let update = |term: fn(&crate::run::UpdateLine) -> f64| {
        move |line: &IterationLine| Some(term(&line.update))
    };
    let all = [
        chart(
            "Proxy cost",
            vec![
                parts.series("mean", cost(|c| c.proxy)),
                parts.series("best", |line| line.run_best),
                parts.series("greedy", |line| line.greedy_proxy),
                parts.series("score", |line| line.score),
            ],
        ),
        chart(
            "Cost terms, mean",
            vec![
                parts.series("wirelength", cost(|c| c.wirelength)),
                parts.series("density", cost(|c| c.density)),
                parts.series("congestion", cost(|c| c.congestion)),
            ],
        ),
        chart("Entropy, nats", vec![parts.series("entropy", update(|u| u.entropy))]),
        chart(
            "How far the policy moved",
            vec![
                parts.series("KL", update(|u| u.approx_kl)),
                parts.series("clipped", update(|u| u.clip_fraction)),
            ],
        ),
        chart("Policy loss", vec![parts.series("loss", update(|u| u.policy_loss))]),
        chart("Value loss", vec![parts.series("loss", update(|u| u.value_loss))]),
        chart("Explained variance", vec![parts.series("EV", update(|u| u.explained_variance))]),
        chart("Gradient norm", vec![parts.series("norm", update(|u| u.gradient_norm))]),
        chart(
            "Episodes per second of collecting",
            vec![parts.series("episodes/s", |line| {
                (line.time.collect > 0.0).then(|| line.episodes as f64 / line.time.collect)
            })],
        ),
        chart(
            "Seconds an iteration",
            vec![
                parts.series("playing", |line| Some(line.time.collect)),
                parts.series("learning", |line| Some(line.time.update)),
                parts.series("evaluating", |line| Some(line.time.evaluate)),
            ],
        ),
    ];
    let plot = |svg: &String| format!("<div class=\"plot\">{svg}</div>");
    let plots: String = all.iter().map(plot).collect();
    format!("<h2>Curves</h2><div class=\"plots\">{plots}</div>\n")
}

/// The first, the best and the last evaluation of each design.
fn designs(parts: &Parts<'_>) -> String {
    let designs = parts.designs();
    if designs.is_empty() {
        return String::new();
    }
    let mut rows = String::new();
    for (name, own) in designs {
        let (first, last) = (own.first().and_then(|e| e.best), own.last().and_then(|e| e.best));
        let best = own.iter().filter_map(|e| e.best).reduce(f64::min);
        let cell =
            |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.4}"));
        let gain = first.zip(best).map(|(first, best)| 100.0 * (1.0 - best / first));
        let class = if gain.is_some_and(|gain| gain > 0.0) { "good" } else { "bad" };
        rows += &format!(
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td class=\"{class}\">{}</td>\
             <td>{}</td><td>{}</td></tr>",
            escape(name),
            cell(first),
            cell(best),
            cell(last),
            gain.map_or("–".to_owned(), |gain| format!("{gain:.1} %")),
            cell(own.last().and_then(|e| e.greedy)),
            own.iter().map(|e| e.infeasible).sum::<usize>(),
        );
    }
    format!(
        "<h2>Evaluations</h2><div class=\"scroll\"><table><thead><tr><th>design</th><th>first</th>\
         <th>best</th><th>last</th><th>gain</th><th>greedy, last</th><th>infeasible</th></tr></thead>\
         {rows}</table></div><p>Lowest proxy cost of the greedy and the drawn episodes of an \
         evaluation.</p>\n"
    )
}

fn times(parts: &Parts<'_>) -> String {
    let total = parts.sum(|line| line.time.total());
    let row = |name: &str, seconds: f64| {
        let share = if total > 0.0 { 100.0 * seconds / total } else { 0.0 };
        format!("<tr><td>{name}</td><td>{}</td><td>{share:.0} %</td></tr>", duration(seconds))
    };
    format!(
        "<h2>Time</h2><table><thead><tr><th>part</th><th>time</th><th>share</th></tr></thead>\
         {}{}{}</table>\n",
        row("playing episodes", parts.sum(|line| line.time.collect)),
        row("learning", parts.sum(|line| line.time.update)),
        row("evaluating", parts.sum(|line| line.time.evaluate)),
    )
}

fn energy(parts: &Parts<'_>, config: &EnergyConfig) -> String {
    let cpu = parts.sum(|line| line.energy.cpu_joules);
    let measured = |line: &&IterationLine| line.energy.gpu_joules.is_some();
    let gpu = parts.iterations.iter().any(measured);
    let gpu_joules = parts.sum(|line| line.energy.gpu_joules.unwrap_or(0.0));
    let rapl = parts.iterations.iter().all(|line| line.energy.source == EnergySource::Rapl);
    let source = if rapl {
        "measured by RAPL, the whole package".to_owned()
    } else {
        format!("estimated: {} W times core-seconds", config.watts_per_core)
    };
    format!(
        "<h2>Energy</h2><table><tr><td>processor</td><td>{}</td><td>{source}</td></tr>\
         <tr><td>GPU</td><td>{}</td><td>{}</td></tr>\
         <tr><td>carbon dioxide</td><td>{} CO₂e</td><td>at {} kg a kWh</td></tr></table>\n",
        kwh(cpu),
        if gpu { kwh(gpu_joules) } else { "–".to_owned() },
        if gpu { "measured by its own counter" } else { "none used, or none measured" },
        kg(config.kg_co2e(cpu + gpu_joules)),
        config.grid_kg_per_kwh,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::EvaluationLine;

    #[test]
    fn a_report_needs_nothing_else_and_escapes_names() {
        let mut log = Vec::new();
        for iteration in 0..4_u64 {
            let best = Some(0.9 - 0.1 * iteration as f64);
            let design = "a<b>".to_owned();
            log.push(LogLine::Iteration(Box::new(IterationLine {
                iteration,
                total_episodes: 16 * (iteration + 1),
                run_best: best,
                evaluations: vec![EvaluationLine { design, best, ..EvaluationLine::default() }],
                ..IterationLine::default()
            })));
        }
        let energy = EnergyConfig::default();
        let report = RunReport {
            name: "run & run",
            log: &log,
            config: "a = \"<\"",
            best: Some(b"<svg/>"),
            energy: &energy,
        };
        let text = html(&report);
        assert!(text.contains("run &amp; run") && text.contains("a&lt;b&gt;"), "{text}");
        assert!(text.contains("33.3 %"), "the gain from 0.9 to 0.6: {text}");
        assert!(text.contains("base64,PHN2Zy8+"), "{text}");
        for outside in ["href=", "src=\"http", "<script", "@import", "url("] {
            assert!(!text.contains(outside), "{outside}");
        }
        assert!(html(&RunReport { log: &[], best: None, ..report }).contains("no data yet"));
    }
}
