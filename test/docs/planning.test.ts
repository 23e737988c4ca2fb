import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { planTransition } from "../../provider/planner/planTransition";
import { readSituation } from "../../provider/planner/readSituation";
import { root } from "./pages";

test("the lines of docs/planning.md are planned as the page says", () => {
	const text = readFileSync(join(root, "docs", "planning.md"), "utf8");
	const [, block = "", said = ""] = /```json\n([^`]+)```\n\nThey are planned as (.+)\.\n/.exec(text) ?? [];
	const plans = block
		.trim()
		.split("\n")
		.map((line) => {
			const read = readSituation(JSON.parse(line));
			if (!read.valid) throw new Error(read.reason);
			const answer = planTransition(read.situation);
			if (answer.outcome === "refused") return answer.reason;
			const names = { wait: "wait", create: "CreateReplica" } as const;
			return answer.steps.map((step) => (step.kind === "operation" ? step.operation : names[step.kind])).join(", ");
		});
	expect(plans.join("; ")).toBe(said);
});
