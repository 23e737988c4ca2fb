import { expect, test } from "vitest";
import { describeWithEngine, type Lab, receivedSince, useLab } from "./lab";

const program = (body: string) => `
import * as pulumi from "@pulumi/pulumi";
import { StorageReplicationProvider, VirtualDiskReplication } from "pulumi-storage-replication";
const source = { host: "east", virtualDisk: "Orders" };
const target = { host: "west", virtualDisk: "Orders-DR" };
class Site extends pulumi.ComponentResource { constructor() { super("test:Site", "site"); } }
${body}
`;
const declared = (name: string, options = "{}") =>
	program(`new VirtualDiskReplication("${name}", { source, target }, ${options});`);
const urnOf = (name: string) =>
	`urn:pulumi:dev::program::pulumi-nodejs:dynamic/storageReplication:VirtualDiskReplication::${name}`;

/** Runs `up` with this program; the pair must be there afterwards, untouched, and the state must be at rest. */
async function keepsThePair({ project, sites }: Lab, text: string, ...args: string[]): Promise<string> {
	project.write(text);
	const up = await project.up(...args);
	expect(up.exitCode, up.text).toBe(0);
	expect(sites.calls()).toEqual([]);
	expect(sites.look().relationships).toHaveLength(1);
	return up.text;
}

describeWithEngine("an ordinary refactoring ends nothing", () => {
	const lab = useLab({ program: declared("orders") });

	test("renamed without an alias: the deletion of the old name sends nothing, and names the alias", async () => {
		await keepsThePair(lab(), declared("orders"));
		const text = await keepsThePair(lab(), declared("renamed"));
		expect(text).toContain(`aliases: ["${urnOf("orders")}"]`);
		expect(Object.keys(lab().project.state())).not.toContain("orders");
		const preview = await lab().project.preview("--expect-no-changes");
		expect(preview.exitCode, preview.text).toBe(0);
	});

	test("moved under a component without an alias, and out of it and to another provider, which is another process", async () => {
		await keepsThePair(
			lab(),
			program(`new VirtualDiskReplication("renamed", { source, target }, { parent: new Site() });`),
		);
		const file = JSON.stringify(lab().sites.file);
		const elsewhere = `
const provider = new StorageReplicationProvider("own", { hosts: { east: { kind: "simulator", file: ${file} }, west: { kind: "simulator", file: ${file} } } });
new VirtualDiskReplication("renamed", { source, target }, { parent: new Site(), provider });`;
		await keepsThePair(lab(), program(elsewhere));
		await keepsThePair(lab(), declared("orders"));
	});

	test.each([
		["--target-replace", declared("orders"), ["--target-replace", urnOf("orders")]],
		["replacementTrigger", declared("orders", `{ replacementTrigger: "2" } as any`), []],
		[
			"replacementTrigger and deleteBeforeReplace",
			declared("orders", `{ replacementTrigger: "3", deleteBeforeReplace: true } as any`),
			[],
		],
	])("replaced by force: %s", async (_, text, args) => {
		await keepsThePair(lab(), text, ...args);
	});

	test("replaced because replaceOnChanges takes the error of an earlier run for a change", async () => {
		await lab().project.changeState((resources) => {
			for (const resource of resources) {
				if (resource.urn === urnOf("orders")) Object.assign(resource, { initErrors: ["SR4001: it stopped half way"] });
			}
		});
		const text = await keepsThePair(lab(), declared("orders", `{ replaceOnChanges: ["*"] }`));
		expect(text).toMatch(/1 replaced/);
		expect(text).toContain("nothing was sent");
		// Without that error nothing has changed, and nothing is replaced.
		expect(lab().project.state().orders?.initErrors ?? []).toEqual([]);
	});

	test("replaced because the state says that it is tainted", async () => {
		const { project } = lab();
		const taint = await project.run(["state", "taint", "--yes", urnOf("orders")]);
		expect(taint.exitCode, taint.text).toBe(0);
		const text = await keepsThePair(lab(), declared("orders"));
		expect(text).toContain("nothing was sent");
	});

	test("what is taken out of the program ends, and destroy ends it too", async () => {
		const { project } = lab();
		project.write(program(""));
		const up = await project.up();
		expect(up.exitCode, up.text).toBe(0);
		expect(receivedSince(lab(), 0)).toEqual(["Detach at east"]);
	});
});

describeWithEngine("two resources for one pair", () => {
	const lab = useLab({ program: declared("orders") });
	const twins = (other: string) =>
		program(`new VirtualDiskReplication("one", { source, target, state: "suspended" });
new VirtualDiskReplication("two", { ${other} });`);

	test.each([
		["the same ends", "source, target"],
		["the ends swapped", 'source: target, target: source, state: "reversed"'],
	])("%s: refused before anything is sent for either", async (_, other) => {
		const { project, sites } = lab();
		project.write(twins(other));
		const up = await project.up();
		expect(up.exitCode, up.text).not.toBe(0);
		expect(up.text).toContain("SR2003");
		expect(sites.calls()).toEqual([]);
	});

	test("twins that a state holds: taking one away sends nothing", async () => {
		const { project, sites } = lab();
		project.write(declared("one"));
		expect((await project.up()).exitCode).toBe(0);
		await project.changeState((resources) => {
			const one = resources.find(({ urn }) => urn === urnOf("one"));
			if (one === undefined) throw new Error("no resource");
			resources.push({ ...one, urn: urnOf("two"), outputs: { ...one.outputs, resourceUrn: urnOf("two") } });
		});
		const up = await project.up();
		expect(up.exitCode, up.text).toBe(0);
		expect(up.text).toContain("1 deleted");
		expect(sites.calls()).toEqual([]);
	});
});
