import { describe, expect, test } from "vitest";
import { describeWithEngine, operationsIn, useLab, wish } from "./lab";

const program = `
import * as pulumi from "@pulumi/pulumi";
import { ReplicationGroup } from "pulumi-storage-replication";
const config = new pulumi.Config();
const members = config.get("members");
const sales = new ReplicationGroup("sales", {
	host: "east",
	storageSubsystem: "east-array",
	friendlyName: config.get("friendlyName") ?? "Sales",
	members: members === undefined ? undefined : members.split(","),
});
export const held = sales.members;
`;

describeWithEngine("a replication group's life through the real engine", () => {
	const pairs = ["Orders", "Ledger", "Stock"].map((source) => ({ source, target: `${source}-DR` }));
	const lab = useLab({ program, pairs });

	const sent = (from = 0) => {
		const calls = lab().sites.calls().slice(from);
		return calls.map(({ method, host }) => `${method.replace(/^.*\./, "")} at ${host}`);
	};
	const outputs = () => lab().project.state().sales?.outputs ?? {};
	const group = (name: string) => {
		const { groups = [], disks } = lab().sites.look();
		const found = groups.find((each) => each.name === name);
		return found?.members.map((id) => disks.find(({ uniqueId }) => uniqueId === id)?.name);
	};

	/** Previews, runs, and holds the array's log against what preview said; then nothing is left to do or to refresh. */
	async function apply(values: Record<string, string>): Promise<readonly string[]> {
		const { project, sites } = lab();
		await wish(lab(), values);
		const before = sites.calls().length;
		const planned = (await project.plannedOperations()).sales ?? [];
		const preview = await project.preview();
		expect(preview.exitCode, preview.text).toBe(0);
		expect(sent(before), "a preview sends nothing").toEqual([]);
		for (const line of planned) expect(preview.text).toContain(line);
		const up = await project.up();
		expect(up.exitCode, up.text).toBe(0);
		expect(sent(before)).toEqual(operationsIn(planned));
		const refresh = await project.refresh();
		expect(refresh.exitCode, refresh.text).toBe(0);
		expect(refresh.text, "a refresh of an unchanged array prints unchanged").toMatch(/2 unchanged/);
		const again = await project.preview("--expect-no-changes");
		expect(again.exitCode, again.text).toBe(0);
		return planned;
	}

	test("it is made with its members in order", async () => {
		expect(await apply({ members: "Orders,Ledger" })).toEqual([
			"1. CreateReplicationGroup at east: Sales is made of Orders, Ledger",
		]);
		expect(group("Sales")).toEqual(["Orders", "Ledger"]);
		expect(outputs()).toMatchObject({ members: ["6000100000000001", "6000100000000002"], related: false });
	});

	test("members join and change their order, each call as the preview said", async () => {
		expect(await apply({ members: "Stock,Orders,Ledger" })).toEqual([
			"1. AddMember at east: Stock joins Sales at its end",
			"2. RemoveMember at east: Orders, Ledger leave Sales",
			"3. AddMember at east: Orders, Ledger join Sales at its end",
		]);
		expect(group("Sales")).toEqual(["Stock", "Orders", "Ledger"]);
	});

	test("the provider is killed between its call and the answer: cancel and up send nothing twice", async () => {
		const { project, sites } = lab();
		await wish(lab(), { members: "Stock,Orders" });
		const before = sites.calls().length;
		await sites.addFault({ kind: "crash", effect: true, times: 1 });
		expect((await project.up()).exitCode).not.toBe(0);
		await project.cancel();
		const up = await project.up();
		expect(up.exitCode, up.text).toBe(0);
		expect(sent(before)).toEqual(["RemoveMember at east"]);
		expect((await project.preview("--expect-no-changes")).exitCode).toBe(0);
	});

	test("in a relationship other members fail the preview with SR2023, and nothing is sent", async () => {
		const { project, sites } = lab();
		const before = sites.calls().length;
		await sites.change((world) => {
			const [own] = world.groups ?? [];
			const members = ["Stock-DR", "Orders-DR"].map(
				(name) => world.disks.find((disk) => disk.name === name)?.uniqueId ?? "",
			);
			world.groups?.push({ name: "Sales-DR", uniqueId: "7000000000000099", array: "west-array", members });
			world.groupRelationships = [
				{ id: "sales", source: own?.uniqueId ?? "", target: "7000000000000099", consistent: false },
			];
		});
		await wish(lab(), { members: "Orders,Stock" });
		const preview = await project.preview();
		expect(preview.exitCode).not.toBe(0);
		expect(preview.text).toContain("SR2023");
		const up = await project.up();
		expect(up.exitCode).not.toBe(0);
		await wish(lab(), { members: "Stock,Orders" });
		const destroyed = await project.destroy();
		expect(destroyed.exitCode).not.toBe(0);
		expect(destroyed.text).toContain("end the GroupReplication first");
		expect(sent(before)).toEqual([]);
		await sites.change((world) => {
			world.groupRelationships = [];
		});
	});

	test("another name in the program is another group: the old one ends first, because it holds the disks", async () => {
		const { project, sites } = lab();
		await wish(lab(), { friendlyName: "Revenue" });
		const before = sites.calls().length;
		const id = project.state().sales?.id;
		const up = await project.up();
		expect(up.exitCode, up.text).toBe(0);
		expect(sent(before)).toEqual(["RemoveMember at east", "DeleteObject at east", "CreateReplicationGroup at east"]);
		expect(group("Revenue")).toEqual(["Stock", "Orders"]);
		expect(project.state().sales?.id).not.toBe(id);
		expect((await project.preview("--expect-no-changes")).exitCode).toBe(0);
	});

	test("destroy takes its members out and deletes it", async () => {
		const { project, sites } = lab();
		const before = sites.calls().length;
		const destroyed = await project.destroy();
		expect(destroyed.exitCode, destroyed.text).toBe(0);
		expect(sent(before)).toEqual(["RemoveMember at east", "DeleteObject at east"]);
		expect(group("Revenue")).toBeUndefined();
		expect(sites.look().relationships, "the pairs of its disks go on").toHaveLength(3);
	});
});

const hidden = `
import * as pulumi from "@pulumi/pulumi";
import { ReplicationGroup } from "pulumi-storage-replication";
const config = new pulumi.Config();
const members = config.get("members");
const sales = new ReplicationGroup("sales", {
	host: "east",
	storageSubsystem: "east-array",
	friendlyName: config.requireSecret("friendlyName"),
	members: members === undefined ? undefined : members.split(","),
});
export const held = sales.members;
export const id = sales.uniqueId;
`;

describeWithEngine("a replication group whose name is secret", () => {
	const pairs = [{ source: "Orders", target: "Orders-DR" }];
	const lab = useLab({ program: hidden, pairs, secrets: { "program:friendlyName": "Sales" } });

	test.each(["Orders", ""])("stands nowhere in clear, nor do its id and its disks' (members: %j)", async (members) => {
		const { project, sites } = lab();
		await wish(lab(), { members });
		const preview = await project.preview();
		const up = await project.up();
		expect(up.exitCode, up.text).toBe(0);
		const [group] = sites.look().groups ?? [];
		const disk = sites.look().disks.find(({ name }) => name === "Orders")?.uniqueId ?? "";
		expect([group?.name, group?.members]).toEqual(["Sales", [disk]]);
		const refresh = await project.refresh();
		expect(refresh.exitCode, refresh.text).toBe(0);
		for (const text of [preview.text, up.text, refresh.text, project.stateText()]) {
			for (const secret of ["Sales", group?.uniqueId ?? "", disk]) expect(text).not.toContain(secret);
		}
		expect((await project.preview("--expect-no-changes")).exitCode).toBe(0);
	});

	test("is followed by nothing in clear when it goes", async () => {
		const { project } = lab();
		const destroyed = await project.destroy();
		expect(destroyed.exitCode, destroyed.text).toBe(0);
		expect(destroyed.text).not.toContain("Sales");
	});
});

describeWithEngine("the provider is killed between CreateReplicationGroup and its answer", () => {
	const pairs = [{ source: "Orders", target: "Orders-DR" }];

	describe.each(["with a ledger", "without one"])("%s", (kept) => {
		const lab = useLab({ program, pairs });

		test("cancel and up send nothing twice; destroy deletes what it is known to have made, and keeps what it is not", async () => {
			const { project, sites } = lab();
			await wish(lab(), { members: "Orders" });
			if (kept === "with a ledger") await wish(lab(), { "storageReplication:journal": "ledger.jsonl" });
			await sites.addFault({ kind: "crash", effect: true, times: 1 });
			expect((await project.up()).exitCode).not.toBe(0);
			await project.cancel();
			const up = await project.up();
			expect(up.exitCode, up.text).toBe(0);
			const destroyed = await project.destroy();
			expect(destroyed.exitCode, destroyed.text).toBe(0);
			const sent = sites.calls().map(({ method }) => method.replace(/^.*\./, ""));
			const ends = kept === "with a ledger" ? ["RemoveMember", "DeleteObject"] : [];
			expect(sent).toEqual(["CreateReplicationGroup", ...ends]);
			expect(sites.look().groups).toHaveLength(kept === "with a ledger" ? 0 : 1);
		});
	});
});
