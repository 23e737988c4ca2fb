import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { planTransition } from "../../provider/planner/planTransition";
import { readSituation } from "../../provider/planner/readSituation";

/*
 * Lines that were written before copies, groups and operations on request had any: they are read as they were, and get the
 * answers that they got, digests and words included. A token that was printed then fits today.
 */
test("5,000 lines of version 0.1.0 get their old answers, byte for byte", () => {
	const lines = gunzipSync(readFileSync(join(__dirname, "golden", "pairs-0.1.0.jsonl.gz")))
		.toString("utf8")
		.trimEnd()
		.split("\n");
	expect(lines).toHaveLength(5_000);
	for (const line of lines) {
		const { situation, answer } = JSON.parse(line);
		const read = readSituation(situation);
		if (!read.valid) expect.fail(`${read.reason}\n${line}`);
		const today = JSON.stringify(planTransition(read.situation));
		if (today !== JSON.stringify(answer)) expect.fail(`${line}\nis answered today with\n${today}`);
	}
});
