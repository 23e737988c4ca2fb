import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { conditions } from "../../cli/estate/estate";
import { listExitCodes } from "../../cli/list";
import { metricNames } from "../../cli/listMetrics";

const text = readFileSync(join(__dirname, "..", "..", "docs", "monitoring.md"), "utf8");

test("every metric has a row, and every one that is named or alerted on is a metric", () => {
	const table = text.split("\n").filter((line) => line.startsWith("| `storage_replication_"));
	const rows = table.flatMap((line) => [...(line.split(" | ")[0] ?? "").matchAll(/storage_replication_\w+/g)].flat());
	expect(rows).toEqual(metricNames);
	for (const [name] of text.matchAll(/storage_replication_\w+/g)) expect(metricNames).toContain(name);
});

test("the rules are what Prometheus reads", () => {
	const [, yaml = ""] = /```yaml\n([\s\S]*?)```/.exec(text) ?? [];
	const { groups } = parse(yaml) as { groups: { rules: { alert: string; expr: string; annotations: object }[] }[] };
	const rules = groups.flatMap(({ rules: each }) => each);
	expect(rules.length).toBe(9);
	for (const { alert, expr, annotations } of rules) {
		expect([alert, expr]).toEqual([
			expect.stringMatching(/^Replication/),
			expect.stringContaining("storage_replication_"),
		]);
		expect(Object.keys(annotations)).toEqual(["summary"]);
	}
});

test("exit codes are those of the command", () => {
	for (const condition of conditions) {
		expect(text).toMatch(new RegExp(`^\\| ${listExitCodes[condition]} \\|`, "m"));
	}
});
