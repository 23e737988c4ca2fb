import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { runReportOf } from "../../cli/estate/runReports";
import { contentOf } from "../../cli/history";
import { runsIn } from "../../provider/ledger/runs";
import { remove } from "../../provider/lifecycle/replicationGroup";
import { up, useGroups } from "../lifecycle/salesGroup";
import { session } from "../lifecycle/session";
import { temporaryFolder } from "../temporaryFolder";
import { run } from "./runCli";

useGroups();

test("history tells the runs of a replication group, and so does a report", async () => {
	const journal = join(temporaryFolder("history"), "ledger.jsonl");
	const keeping = () => {
		const process = session();
		process.configure((key) => (key === "storageReplication:journal" ? journal : undefined));
		return process;
	};
	const { kept: first } = await up({ reason: "CHG-4711" }, null, keeping());
	const { kept } = await up({ members: ["Orders", "Ledger", "Stock"] }, first, keeping());
	await remove(keeping(), kept.id, { ...kept.outs, secretNames: true });
	const history = (...args: string[]) => run(["history", "--journal", journal, ...args], { cwd: dirname(journal) });
	const { code, out, err } = await history("--host", "east");
	expect([code, err]).toEqual([0, ""]);
	const [made, changed, ended] = out.split("\n\n");
	expect(made).toMatch(/^\S+ {2}sales \(program, dev\)\n/);
	expect(made).toMatch(/wish +members; seen before: no group Sales\n/);
	expect(made).toMatch(/group +Sales of east-array at east\n/);
	expect(made).toMatch(/why +CHG-4711\n/);
	expect(made).toMatch(
		/1\/1 +CreateReplicationGroup at east: answered 0 after \d+\.\d s, Sales holds Orders,\s+Ledger/,
	);
	expect(made).toMatch(/data safe +yes, no disk changes with its group\./);
	expect(ended).toMatch(/wish +absent; seen before: the group holds 3 disks\n/);
	expect(ended).toMatch(/group +a group at east\n/);
	for (const args of [
		["--host", "west"],
		["--source", "east:Orders", "--target", "west:Orders-DR"],
	]) {
		expect((await history(...args)).out).toBe("no runs of what was asked for\n");
	}
	// A run that keeps the group's name secret cannot be found by it, and before a create there was no id.
	expect((await history("--group", "east:sales")).out).toBe(`${made}\n\n${changed}\n`);
	expect((await history("--group", `east:${String(kept.outs.uniqueId)}`)).out).toBe(`${changed}\n`);
	for (const asked of ["east:Stock", "west:Sales"])
		expect((await history("--group", asked)).out).toBe("no runs of what was asked for\n");
	const both = await history("--group", "east:Sales", "--host", "east");
	expect([both.code, both.err]).toEqual([2, expect.stringContaining("--source and --target, or --host, or --group")]);
	const runs = runsIn(contentOf(journal).lines);
	const group = { host: "east", storageSubsystem: "east-array", friendlyName: "Sales" };
	const secret = { host: "east", storageSubsystem: null, friendlyName: null };
	const told = { kind: "ReplicationGroup", ends: null, outcome: "finished", movedRoles: false };
	expect(runs.map(runReportOf)).toMatchObject([
		{ ...told, group, wish: "members", steps: [{ outcome: "done" }] },
		{ ...told, group, wish: "members", steps: [{ outcome: "done" }] },
		{ ...told, group: secret, wish: "absent", steps: [{ outcome: "done" }, { outcome: "done" }] },
	]);
});
