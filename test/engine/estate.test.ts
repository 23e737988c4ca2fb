import { expect, test } from "vitest";
import { describeWithEngine, diagnosticsOf, receivedSince, useLab, wish } from "./lab";

const pairs = Array.from({ length: 10 }, (_, index) => ({ source: `Disk-${index}`, target: `Disk-${index}-DR` }));

describeWithEngine("a dead management host among ten relationships", () => {
	const lab = useLab({
		pairs,
		hosts: ["lonely"],
		program: `
import * as pulumi from "@pulumi/pulumi";
import { VirtualDiskReplication } from "pulumi-storage-replication";
const state = new pulumi.Config().get<"active" | "suspended">("state");
for (let index = 0; index < 10; index++) {
	const host = index === 3 ? "lonely" : undefined;
	new VirtualDiskReplication("disk-" + index, {
		source: { host: host ?? "east", virtualDisk: "Disk-" + index },
		target: { host: host ?? "west", virtualDisk: "Disk-" + index + "-DR" },
		state,
	});
}
`,
	});

	test("unchanged: a warning and no error; nine others are updated", async () => {
		const { project, sites } = lab();
		const adopted = await project.up();
		expect(adopted.exitCode, adopted.text).toBe(0);
		expect(diagnosticsOf(adopted)).toContain("10 relationships: 10 adopted.");
		await sites.host("lonely").down();
		const preview = await project.preview("--expect-no-changes");
		expect(preview.exitCode, preview.text).toBe(0);
		expect(preview.text).toContain("SR4001");
		expect(preview.text).not.toContain("10 relationships:");
		await wish(lab(), { state: "suspended" });
		const up = await project.up("--continue-on-error");
		expect(up.exitCode, "the one that could not be read failed").not.toBe(0);
		expect(up.text).toContain("SR4001");
		expect(diagnosticsOf(up), "told by a process whose run has ended").toContain(
			"10 relationships: 9 changed, 1 failed (disk-3).",
		);
		expect(receivedSince(lab(), 0).filter((call) => call === "Suspend at east")).toHaveLength(9);
		await sites.host("lonely").up();
		const healed = await project.up();
		expect(healed.exitCode, healed.text).toBe(0);
		expect(sites.look().relationships.every(({ copyState }) => copyState === 9)).toBe(true);
	});

	test("round trips grow with hosts, not with relationships", async () => {
		const { project, sites } = lab();
		const { readFileSync } = await import("node:fs");
		const lines = () => readFileSync(`${sites.file}.log`, "utf8").split("\n").length;
		const before = lines();
		expect((await project.preview("--expect-no-changes")).exitCode).toBe(0);
		expect(lines() - before, "one reading of each of the three hosts").toBe(3);
	});
});

describeWithEngine("what is declared", () => {
	const source = `{ host: "east", virtualDisk: "Disk-0" }`;
	const target = `{ host: "west", virtualDisk: "Disk-0-DR" }`;
	const program = (body: string) => `
import * as pulumi from "@pulumi/pulumi";
import { VirtualDiskReplication } from "pulumi-storage-replication";
${body}
`;
	const one = (args = "", opts = "{}") =>
		program(
			`const disk = new VirtualDiskReplication("disk", { source: ${source}, target: ${target}, ${args} }, ${opts});`,
		);
	const lab = useLab({ pairs, program: one(), secrets: { "program:name": "Disk-1" } });

	test("mistakes are told together, with path and allowed values, and nothing is sent", async () => {
		const { project, sites } = lab();
		project.write(
			program(
				`const args: any = { source: ${source}, target: { host: "west", virtualdisk: "x" }, state: "actve", maxLoss: 3 };
new VirtualDiskReplication("disk", args);`,
			),
		);
		const preview = await project.preview();
		expect(preview.exitCode).not.toBe(0);
		for (const part of ["maxLoss", "target", "virtualDisk", 'one of "active", "suspended"'])
			expect(preview.text).toContain(part);
		expect(sites.calls()).toEqual([]);
	});

	test.each([
		["an unknown host", `{ host: "est", virtualDisk: "Disk-0" }`, target, "SR2004"],
		[
			"a disk that is not there, with the nearest names",
			`{ host: "east", virtualDisk: "Disk0" }`,
			target,
			/SR2005.*nearest: Disk-0/,
		],
		["two ends that are one disk", source, source, "SR2002"],
	])("%s", async (_, from, to, expected) => {
		const { project } = lab();
		project.write(program(`new VirtualDiskReplication("disk", { source: ${from}, target: ${to} });`));
		const preview = await project.preview();
		expect(preview.exitCode).not.toBe(0);
		expect(preview.text).toMatch(expected);
	});

	test("the same pair twice", async () => {
		const { project } = lab();
		project.write(
			program(
				`new VirtualDiskReplication("one", { source: ${source}, target: ${target} });
new VirtualDiskReplication("two", { source: ${target}, target: ${source} });`,
			),
		);
		const preview = await project.preview();
		expect(preview.exitCode).not.toBe(0);
		expect(preview.text).toMatch(/SR2003.*(one|two)/);
	});

	test("ends declared the other way round, an alias, a parent: nothing is replaced", async () => {
		const { project, sites } = lab();
		project.write(one());
		expect((await project.up()).exitCode).toBe(0);
		const id = project.state().disk?.id;
		project.write(
			program(`class Site extends pulumi.ComponentResource { constructor() { super("test:Site", "site"); } }
const site = new Site();
new VirtualDiskReplication("moved", { source: ${target}, target: ${source}, state: "reversed" },
	{ parent: site, aliases: [{ name: "disk", parent: pulumi.rootStackResource }] });`),
		);
		const up = await project.up();
		expect(up.exitCode, up.text).toBe(0);
		expect(up.text).not.toContain("replac");
		expect(project.state().moved?.id).toBe(id);
		expect(project.state().moved?.outputs).toMatchObject({ direction: "reverse", primary: { host: "east" } });
		expect(sites.calls()).toEqual([]);
	});

	test("a deletePolicy-only change is an update, and destroy obeys it", async () => {
		const { project, sites } = lab();
		project.write(
			one(
				`deletePolicy: "dissolve"`,
				`{ aliases: [{ name: "moved", parent: "urn:pulumi:dev::program::test:Site::site" }] }`,
			),
		);
		const up = await project.up();
		expect(up.exitCode, up.text).toBe(0);
		expect(sites.calls()).toEqual([]);
		const destroyed = await project.destroy();
		expect(destroyed.exitCode, destroyed.text).toBe(0);
		expect(receivedSince(lab(), 0)).toEqual(["Dissolve at east"]);
	});

	test("a secret disk name is nowhere in clear, neither in the state nor in what is printed", async () => {
		const { project } = lab();
		project.write(
			program(`const name = new pulumi.Config().requireSecret("name");
export const disk = new VirtualDiskReplication("disk", {
	source: { host: "east", virtualDisk: name },
	target: { host: "west", virtualDisk: pulumi.interpolate\`\${name}-DR\` },
	state: "suspended",
});
export const serving = disk.primary;`),
		);
		const preview = await project.preview();
		const up = await project.up();
		expect(up.exitCode, up.text).toBe(0);
		expect(up.text).toContain("Suspend (22) at east: the target stops following");
		for (const text of [preview.text, up.text, project.stateText()]) expect(text).not.toContain("Disk-1");
		const destroyed = await project.destroy();
		expect(destroyed.exitCode, destroyed.text).toBe(0);
		expect(destroyed.text).not.toContain("Disk-1");
	});

	test("inputs that are not known yet never fail a preview", async () => {
		const { project, sites } = lab();
		project.write(
			program(`class Later extends pulumi.dynamic.Resource {
	public readonly name!: pulumi.Output<string>;
	constructor(name: string, made: string) {
		super({ create: async (inputs: any) => ({ id: "later", outs: { name: inputs.made } }) }, name, { made, name: undefined });
	}
}
const later = new Later("later", "Disk-5");
const disk = new VirtualDiskReplication("disk", { source: { host: "east", virtualDisk: later.name }, target: { host: "west", virtualDisk: "Disk-5-DR" } });
export const serving = disk.primary;`),
		);
		const before = sites.calls().length;
		const preview = await project.preview();
		expect(preview.exitCode, preview.text).toBe(0);
		const up = await project.up();
		expect(up.exitCode, up.text).toBe(0);
		expect(project.state().disk?.outputs).toMatchObject({ primary: { host: "east", virtualDisk: "Disk-5" } });
		expect(sites.calls().length, "it existed and was adopted").toBe(before);
	});

	test("a half-made resource can be destroyed, and two on one array run at once", async () => {
		const { project, sites } = lab();
		project.write(
			program(
				[6, 7]
					.map(
						(n) =>
							`new VirtualDiskReplication("disk-${n}", { source: { host: "east", virtualDisk: "Disk-${n}" }, target: { host: "west", virtualDisk: "Disk-${n}-DR" }, state: "suspended", timeouts: { transitionMinutes: 0.05 } });`,
					)
					.join("\n"),
			),
		);
		await sites.addFault({ kind: "returnCode", code: 4, effect: false, times: 1 });
		const failed = await project.up();
		expect(failed.exitCode).not.toBe(0);
		const states = Object.values(project.state()).filter(({ id }) => id !== undefined && id !== "later");
		expect(states.filter(({ initErrors }) => (initErrors ?? []).length > 0)).toHaveLength(1);
		const destroyed = await project.destroy();
		expect(destroyed.exitCode, destroyed.text).toBe(0);
		expect(sites.look().relationships.filter(({ id }) => id === "pair-7" || id === "pair-8")).toEqual([]);
	});
});
