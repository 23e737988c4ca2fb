import { expect, test } from "vitest";
import { describeWithEngine, type Lab, receivedSince, useLab, wish } from "./lab";

/** Ends by configuration; one management host sees both arrays, so names of either can be exchanged. */
const program = `
import * as pulumi from "@pulumi/pulumi";
import { VirtualDiskReplication } from "pulumi-storage-replication";
const config = new pulumi.Config();
const pool = config.get("storagePool");
new VirtualDiskReplication("orders", {
	source: { host: "mgmt", virtualDisk: config.get("source") ?? "Orders" },
	target: { host: "mgmt", virtualDisk: config.get("target") ?? "Orders-DR", ...(pool === undefined ? {} : { storagePool: pool }) },
	state: config.get<"active" | "suspended" | "reversed">("state"),
	create: config.get<"never" | "ifMissing">("create"),
});
`;

const [sourceId, targetId] = ["6000100000000001", "6000200000000001"];
const outputs = ({ project }: Lab) => project.state().orders?.outputs ?? {};

describeWithEngine("names that are exchanged on the array", () => {
	const lab = useLab({ program, hosts: ["mgmt"] });

	test("move nothing while the program is unchanged, not even with a preview that nobody reads", async () => {
		const { project, sites } = lab();
		expect((await project.up()).exitCode).toBe(0);
		await sites.exchangeNames("Orders", "Orders-DR");
		const preview = await project.preview();
		expect(preview.text).toContain("SR5007");
		expect(preview.text).not.toContain("ReverseRoles");
		const up = await project.up();
		expect(up.exitCode, up.text).not.toBe(0);
		expect(up.text).toContain("SR5007");
		expect(receivedSince(lab(), 0)).toEqual([]);
	});

	test("a refresh goes by the disks and agrees to nothing", async () => {
		const { project } = lab();
		const refresh = await project.refresh();
		expect(refresh.exitCode, refresh.text).toBe(0);
		expect(outputs(lab())).toMatchObject({ direction: "forward", sourceUniqueId: sourceId });
		expect((await project.up()).text).toContain("SR5007");
		expect(receivedSince(lab(), 0)).toEqual([]);
	});

	test("the remedy is followed: declared by the ids that it gives, nothing is to do and nothing is replaced", async () => {
		const { project } = lab();
		await wish(lab(), { source: sourceId, target: targetId });
		const up = await project.up();
		expect(up.exitCode, up.text).toBe(0);
		expect(up.text).not.toMatch(/replace/i);
		expect(outputs(lab())).toMatchObject({ direction: "forward", copyState: "Synchronized" });
		expect((await project.preview("--expect-no-changes")).exitCode).toBe(0);
		expect(receivedSince(lab(), 0)).toEqual([]);
	});
});

describeWithEngine("both UniqueIds change their form", () => {
	const lab = useLab({ program, hosts: ["mgmt"] });
	const newForm = async (prefix: string) => {
		const { sites } = lab();
		for (const [disk, id] of [["Orders", sourceId] as const, ["Orders-DR", targetId] as const]) {
			await sites.changeUniqueId(disk, `${prefix}${id}`, `${prefix}${id}`);
		}
	};

	test("up replaces nothing, says so, and knows the disks by their new ids", async () => {
		const { project } = lab();
		expect((await project.up()).exitCode).toBe(0);
		await newForm("naa.");
		const up = await project.up();
		expect(up.exitCode, up.text).toBe(0);
		expect(up.text).toContain("taken for the same disks");
		expect(up.text).not.toMatch(/replacing|replacement/);
		expect(outputs(lab())).toMatchObject({ sourceUniqueId: `naa.${sourceId}`, targetUniqueId: `naa.${targetId}` });
		const again = await project.preview("--expect-no-changes");
		expect(again.exitCode, again.text).toBe(0);
		expect(receivedSince(lab(), 0)).toEqual([]);
	});

	test("refresh keeps the one resource, under the id of its disks", async () => {
		const { project } = lab();
		await newForm("eui.");
		const refresh = await project.refresh();
		expect(refresh.exitCode, refresh.text).toBe(0);
		expect(project.state().orders).toMatchObject({ id: `eui.${sourceId}:eui.${targetId}` });
		expect(outputs(lab())).toMatchObject({ sourceUniqueId: `eui.${sourceId}`, copyState: "Synchronized" });
		expect((await project.preview("--expect-no-changes")).exitCode).toBe(0);
	});

	test("destroy ends the mirror at its first attempt", async () => {
		const { project, sites } = lab();
		await newForm("t10.");
		const destroy = await project.destroy();
		expect(destroy.exitCode, destroy.text).toBe(0);
		expect(sites.look().relationships).toEqual([]);
		expect(project.state().orders).toBeUndefined();
	});
});

describeWithEngine("a target that is changed to a disk that does not exist", () => {
	const lab = useLab({ program, hosts: ["mgmt"] });

	test("is an error where nobody is to make it: no call, and the outputs stay", async () => {
		const { project } = lab();
		expect((await project.up()).exitCode).toBe(0);
		await wish(lab(), { target: "Orders-New" });
		const up = await project.up();
		expect(up.exitCode, up.text).not.toBe(0);
		expect(up.text).toContain("SR2005");
		expect(outputs(lab())).toMatchObject({ target: { virtualDisk: "Orders-DR" }, targetUniqueId: targetId });
		expect(receivedSince(lab(), 0)).toEqual([]);
	});

	test("is a replacement, said in preview, where the array is to make it", async () => {
		const { project, sites } = lab();
		await wish(lab(), { storagePool: "pool-1" });
		const preview = await project.preview();
		expect(preview.text).toContain("the target is another disk than before");
		expect(preview.text).toMatch(/replace/);
		const up = await project.up();
		expect(up.exitCode, up.text).toBe(0);
		const made = sites.look().disks.find(({ name }) => name === "Orders-New");
		expect(outputs(lab())).toMatchObject({ targetUniqueId: made?.uniqueId });
		expect(sites.look().relationships.map(({ target }) => target)).toEqual([made?.uniqueId]);
	});
});

describeWithEngine("two disks of one host that report their model for an id", () => {
	const lab = useLab({ program, hosts: ["mgmt"], config: { state: "suspended", create: "never" } });
	const model = "Virtual NVMe Disk";
	const objectId = (id: string) =>
		`{1}\\\\EAST-ARRAY\\root/Microsoft/Windows/Storage/Providers_v2\\SM_VirtualDisk.ObjectId="{${id}}:VD"`;
	const scratchId = "6000100000000099";

	test("the one that is in no relationship, declared by name: refused, and no call to the other one", async () => {
		const { project, sites } = lab();
		await sites.change((world) => {
			const [orders] = world.disks;
			if (orders === undefined) throw new Error("no disk");
			world.disks.push({ ...orders, name: "Scratch", uniqueId: scratchId });
		});
		for (const disk of ["Orders", "Scratch"]) await sites.changeUniqueId(disk, model);
		await wish(lab(), { source: "Scratch" });
		const up = await project.up();
		expect(up.exitCode, up.text).not.toBe(0);
		expect(up.text).toContain("SR2013");
		expect(up.text).toContain(objectId(scratchId));
		expect(up.text).toContain(objectId(sourceId));
		expect(receivedSince(lab(), 0)).toEqual([]);
	});

	test("by its ObjectId it is in no relationship, and the mirrored one by its own is suspended", async () => {
		const { project } = lab();
		await wish(lab(), { source: objectId(scratchId) });
		expect((await project.up()).text).toContain("SR2009");
		await wish(lab(), { source: objectId(sourceId) });
		const up = await project.up();
		expect(up.exitCode, up.text).toBe(0);
		expect(receivedSince(lab(), 0)).toEqual(["Suspend at mgmt"]);
		expect(outputs(lab())).toMatchObject({ copyState: "Suspended", sourceUniqueId: objectId(sourceId) });
		expect((await project.preview("--expect-no-changes")).exitCode).toBe(0);
	});
});
