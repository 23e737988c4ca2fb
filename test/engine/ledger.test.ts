import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { LedgerLine } from "../../provider/ledger/line";
import { endOf } from "../../scripts/pulumiProject";
import { run } from "../cli/runCli";
import { describeWithEngine, useLab, wish } from "./lab";

describeWithEngine("a ledger of a stack", () => {
	// The arrays' time stands still until the test moves it.
	const lab = useLab({ simulator: { speed: 0 } });

	test("a provider that is killed in mid-call is on it; the next up goes on, and history tells both", async () => {
		const { project, sites } = lab();
		const started = await project.up();
		expect(started.exitCode, started.text).toBe(0);
		await wish(lab(), { "storageReplication:journal": "ledger.jsonl", state: "suspended" });
		// It dies by SIGKILL between the call and its answer, and the array shows the effect when half a minute has passed.
		await sites.late(30_000);
		await sites.addFault({ kind: "crash", effect: true, times: 1 });
		expect((await project.up()).exitCode).not.toBe(0);
		const lines = (): LedgerLine[] =>
			readFileSync(join(project.folder, "ledger.jsonl"), "utf8")
				.trimEnd()
				.split("\n")
				.map((line) => JSON.parse(line) as LedgerLine);
		expect(lines().map(({ kind }) => kind)).toEqual(["runStarted", "callStarted"]);
		const contacts = () => readFileSync(`${sites.file}.log`, "utf8").split("\n").length;
		const before = contacts();
		const ended = endOf(project.start(["up", "--yes", "--skip-preview"]), "pulumi up");
		// It looks again and again, and sends nothing.
		await expect.poll(() => contacts() - before).toBeGreaterThan(12);
		// Then it has begun, and a moment later it is there.
		for (let times = 0; times < 3; times++) await sites.advance(30_000);
		const up = await ended;
		expect(up.exitCode, up.text).toBe(0);
		expect(sites.calls().map(({ operation }) => operation)).toEqual(["Suspend"]);
		expect(lines().slice(2)).toMatchObject([
			{ kind: "runStarted", goesOnFrom: lines()[0]?.run, stack: "dev", project: "program", name: "orders" },
			{ kind: "runEnded", stop: null, seen: "Suspended" },
		]);
		expect((await project.preview("--expect-no-changes")).exitCode).toBe(0);
		writeFileSync(join(project.folder, "stack.json"), (await project.run(["stack", "export"])).stdout);
		const history = await run(["history", "--stack", "stack.json", "--host", "west"], { cwd: project.folder });
		expect([history.code, history.err]).toEqual([0, ""]);
		expect(history.out).toMatch(
			/did not end: killed, or still running\. Its last call: .*Suspend \(22\) of Orders at east/,
		);
		expect(history.out).toMatch(/went on from it\.\n\n[\s\S]*ended +finished after .*Suspended\n/);
		// The same export is an estate: what is declared, with the hosts and the ledger of its last up.
		const list = await run(["list", "--stack", "stack.json", "--json"], { cwd: project.folder });
		expect([list.code, list.err]).toEqual([3, ""]);
		expect(JSON.parse(list.out)).toMatchObject({
			relationships: [
				{
					name: "orders",
					stack: "dev",
					declared: { state: "suspended" },
					satisfied: true,
					interrupted: null,
					nextUp: { does: "nothing" },
					reasons: ["as wished, and no copy follows: Suspended"],
				},
			],
			runs: [{ outcome: "noEnd" }, { outcome: "finished" }],
			notes: [],
		});
	});
});
