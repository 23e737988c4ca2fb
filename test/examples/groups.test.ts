import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { describeWithEngine, diagnosticsOf, type Lab, tokenIn, useLab, wish } from "../engine/lab";

const folder = join(__dirname, "..", "..", "examples", "groups");
const text = (name: string) => readFileSync(join(folder, name), "utf8");

const received = ({ sites }: Lab) =>
	sites
		.calls()
		.filter(({ method }) => method !== "Discover")
		.map(({ operation, method, disk }) => `${operation ?? method} ${disk}`);
const contentOf = ({ sites }: Lab, name: string) => sites.look().disks.find((disk) => disk.name === name)?.content;
/** The step as a person reads it, whatever its number. */
function expectInReadme(lines: readonly string[], operation: string): void {
	const line = lines.find((each) => each.includes(operation)) ?? lines.join("\n");
	expect(text("README.md")).toContain(line.replace(/^.*?\d+\. /, ""));
}

const outputsOf = ({ project }: Lab) => project.state().sales?.outputs ?? {};

describeWithEngine("examples/groups", () => {
	const names = ["Orders", "Ledger", "Stock"];
	const lab = useLab({
		program: text("index.ts"),
		pairs: names.map((source) => ({ source, target: `${source}-DR`, related: source === "Stock" })),
		simulator: { speed: 20, groups: [{ source: "Sales", target: "Sales-DR", members: ["Orders", "Ledger"] }] },
	});
	const up = async (values: Record<string, string>) => {
		await wish(lab(), { "storageReplication:approvals": "", ...values });
		return lab().project.up();
	};

	test("are related by one call, with the token that the preview prints for the disks that are overwritten", async () => {
		await wish(lab(), { consistency: "true" });
		const preview = await lab().project.run(["preview"]);
		expect(preview.text).toContain("CreateReplica at east: Sales-DR becomes a copy of Sales");
		expect(preview.text).toContain("ActivateConsistency (3) at east");
		expectInReadme(diagnosticsOf(preview), "ActivateConsistency");
		const made = await up({ "storageReplication:approvals": tokenIn(preview.text) });
		expect(made.exitCode, made.text).toBe(0);
		expect(received(lab())).toEqual(["ReplicationGroup.CreateReplica Sales", "ActivateConsistency Sales"]);
		expect(outputsOf(lab())).toMatchObject({ members: 2, consistency: true, torn: [], copyState: "Synchronized" });
	});

	test("take a pair in, and let one go, which stays related", async () => {
		const more = await up({ pairs: JSON.stringify(names) });
		expect(more.exitCode, more.text).toBe(0);
		expect(outputsOf(lab())).toMatchObject({ members: 3 });
		await wish(lab(), { pairs: JSON.stringify(["Orders", "Stock"]) });
		expectInReadme(diagnosticsOf(await lab().project.run(["preview"])), "RemoveSyncPair");
		const fewer = await up({ pairs: JSON.stringify(["Orders", "Stock"]), consistency: "false" });
		expect(fewer.exitCode, fewer.text).toBe(0);
		const calls = ["AddSyncPair Sales", "DeactivateConsistency Sales", "RemoveSyncPair Sales"];
		expect(received(lab()).slice(2)).toEqual(calls);
		expect(lab().sites.look().relationships).toHaveLength(3);
		const again = await lab().project.run(["preview", "--expect-no-changes"]);
		expect(again.exitCode, again.text).toBe(0);
		const refreshed = await lab().project.run(["refresh", "--yes", "--expect-no-changes"]);
		expect(refreshed.exitCode, refreshed.text).toBe(0);
	});

	// A consistent group's members are not steered alone, and an array that moved half of one is helped by its own tools.
	test("are failed over with their source's site lost: half of it moves, both halves are named, and the next run completes it", async () => {
		const { project, sites } = lab();
		await sites.write("Orders", 5);
		await sites.array("east-array").lose();
		await sites.addFault({ kind: "partial", members: 1, times: 1 });
		await sites.groupSays("Sales-DR", "Mixed");
		const from = received(lab()).length;
		await wish(lab(), { state: "failedOver", lost: "source" });
		const preview = await project.run(["preview"]);
		const token = tokenIn(preview.text);
		const half = await up({ "storageReplication:approvals": token });
		expect(half.exitCode).not.toBe(0);
		expect(half.text).toContain("SR3013");
		expect(half.text).toMatch(/1 of 2 pairs moved/);
		expect(received(lab()).slice(from)).toEqual(["Failover Sales-DR"]);
		expect(outputsOf(lab()).torn).toHaveLength(1);
		const stale = await up({ "storageReplication:approvals": token });
		expect(stale.exitCode, "the token was for both").not.toBe(0);
		expect(stale.text).toContain("SR5001");
		const rest = await up({ "storageReplication:approvals": tokenIn(stale.text) });
		expect(rest.exitCode, rest.text).toBe(0);
		expect(received(lab()).slice(from)).toEqual(["Failover Sales-DR", "Failover Stock-DR"]);
		expect(outputsOf(lab())).toMatchObject({ primary: { group: "Sales-DR" }, torn: [], copyState: "Failedover" });
		expect(contentOf(lab(), "Orders-DR"), "what had been acknowledged had arrived").toEqual(contentOf(lab(), "Orders"));
	});

	test("are failed back as one when the site is there again, and ended by one call", async () => {
		const { project, sites } = lab();
		await sites.array("east-array").restore();
		await sites.groupSays("Sales-DR", null);
		const from = received(lab()).length;
		await wish(lab(), { state: "active", lost: "" });
		const preview = await project.run(["preview"]);
		expect(preview.text).toContain("Failback");
		const back = await up({ "storageReplication:approvals": tokenIn(preview.text) });
		expect(back.exitCode, back.text).toBe(0);
		const destroyed = await project.run(["destroy", "--yes"]);
		expect(destroyed.exitCode, destroyed.text).toBe(0);
		expect(received(lab()).slice(from)).toEqual(["Failback Sales", "Detach Sales"]);
		const { groups = [], disks } = sites.look();
		expect([groups.length, disks.length]).toEqual([2, 6]);
	});
});
