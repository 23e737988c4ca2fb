import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { scriptFiles } from "../../provider/hosts/powershell/bootstrapScript";
import { describeWithJudge } from "../powershell/describeWithPowerShell";
import { Judge } from "../powershell/judge";
import { type ClassDump, type ClassRow, checkClasses, classRows, differences } from "./classes";
import { Transcript } from "./transcript";

afterEach(() => {
	vi.unstubAllEnvs();
});

const row: ClassRow = {
	class: "MSFT_VirtualDisk",
	method: "CreateReplica",
	parameter: "ReplicationSettings",
	direction: "In",
	type: "Instance",
	of: "MSFT_ReplicationSettings",
	qualifiers: ["Required"],
	source: ["wmi"],
};

function dumpOf(parameter: Partial<ClassDump[number]["properties"][number]>): ClassDump {
	const declared = { name: "ReplicationSettings", type: "Instance", of: "", flags: "", qualifiers: {}, ...parameter };
	const methods = [{ name: "CreateReplica", parameters: [declared] }];
	return [{ class: "MSFT_VirtualDisk", error: null, properties: [], methods }];
}

const alike = { In: null, Required: null, EmbeddedInstance: "MSFT_ReplicationSettings", Description: "more" };

test.each([
	["as stated, and more", {}, []],
	["a class that is not told", { qualifiers: { In: null, required: null } }, []],
	["another type", { type: "String" }, ["stated Instance, is String"]],
	["another class", { of: "MSFT_Other" }, ["stated MSFT_ReplicationSettings, is MSFT_Other"]],
	["another direction", { qualifiers: { ...alike, In: undefined, Out: null } }, ["stated In, is not"]],
	["a qualifier that is missing", { qualifiers: { ...alike, Required: undefined } }, ["stated Required, is not"]],
	["no word on qualifiers", { qualifiers: null }, []],
	["another parameter", { name: "Settings" }, ["is not there"]],
])("a system that has %s", (_name, declared, expected) => {
	const dump = JSON.parse(JSON.stringify(dumpOf({ qualifiers: alike, ...(declared as object) }))) as ClassDump;
	expect(differences([row], dump)).toEqual(
		expected.map((text) => `MSFT_VirtualDisk.CreateReplica(ReplicationSettings): ${text}`),
	);
});

test("a class that cannot be read differs in all its rows", () => {
	const [found] = dumpOf({});
	if (found === undefined) throw new Error("no dump");
	expect(differences([row], [{ ...found, error: "HRESULT 0x80041010" }])).toEqual([
		"MSFT_VirtualDisk.CreateReplica(ReplicationSettings): no class (HRESULT 0x80041010)",
	]);
	expect(differences([row], [])).toHaveLength(1);
});

test("every class that the bridge names is among the rows, and every parameter that it gives", () => {
	const script = scriptFiles
		.map((name) => readFileSync(resolve(__dirname, "../../provider/hosts/powershell", name), "utf8"))
		.join("");
	const rows = classRows();
	const named = new Set(script.match(/MSFT_\w+/g));
	// A base class; the link's properties are rows of the two that are made from it.
	named.delete("MSFT_Synchronized");
	expect([...named].filter((name) => rows.every((each) => each.class !== name))).toEqual([]);
	const given = [...script.matchAll(/\$arguments\['(\w+)'\]/g)].map(([, name]) => name);
	expect(given.length).toBeGreaterThan(2);
	expect(given.filter((name) => rows.every((each) => !("parameter" in each) || each.parameter !== name))).toEqual([]);
});

describeWithJudge("the classes", () => {
	test("are dumped by the real engine; the judge's, made by somebody else from the reference, are as the sources say", async () => {
		const judge = new Judge("local");
		for (const [name, value] of Object.entries(judge.environment)) vi.stubEnv(name, value);
		const transcript = new Transcript();
		// It has no groups.
		const rows = classRows().filter(
			(row) => !row.class.includes("ReplicationGroup") && !("method" in row && row.method === "CreateReplicationGroup"),
		);
		await checkClasses(transcript, rows);
		expect(transcript.expectations).toBe(1);
		// Its MSFT_ReplicationSettings is the older one, which had no SyncMode.
		const known = "MSFT_ReplicationSettings.SyncMode: is not there";
		expect(transcript.seen("the classes are as the sources say")).toSatisfy((differing: readonly string[]) =>
			differing.every((each) => each === known),
		);
		expect(transcript.seen("parameters declared Required")).toBeInstanceOf(Array);
	});
});
