import { readFileSync } from "node:fs";
import { join } from "node:path";
import MarkdownIt, { type Token } from "markdown-it";
import { describe, expect, test } from "vitest";
import { describeStack, marker, maxLength } from "../../cli/ciSummaryMarkdown";
import { readPreview } from "../../cli/ciSummaryPreview";
import { readStack } from "../../cli/ciSummaryRelationship";
import type { Bag } from "../../provider/lifecycle/arguments";
import { check } from "../../provider/lifecycle/check";
import { create } from "../../provider/lifecycle/create";
import { diff } from "../../provider/lifecycle/diff";
import { heard, inputsFor, session, sites, useSites } from "../lifecycle/session";
import { run } from "./runCli";

const type = "pulumi-nodejs:dynamic/storageReplication:VirtualDiskReplication";
const urnOf = (name: string) => `urn:pulumi:dev::program::${type}::${name}`;

interface Told {
	readonly severity: "info" | "warning" | "error";
	readonly message: string;
}

/** A resource of a preview in the engine's form (3.230), where the severity stands before the message once more. */
function resource(name: string, { op = "update", inputs = {}, told = [] as readonly Told[] }) {
	const urn = urnOf(name);
	const before = { info: "", warning: "warning: ", error: "error: " };
	return {
		steps: [{ op, urn, newState: { type, inputs } }],
		diagnostics: told.map(({ severity, message }) => ({ urn, severity, message: `${before[severity]}${message}\n` })),
	};
}

interface Previewed {
	readonly steps: readonly object[];
	readonly diagnostics: readonly object[];
}

function documentOf(...resources: readonly Previewed[]): string {
	return JSON.stringify({
		steps: [
			{ op: "same", urn: "urn:pulumi:dev::program::pulumi:pulumi:Stack::program-dev" },
			{ op: "create", urn: "urn:pulumi:dev::program::aws:s3/bucket:Bucket::x" },
			...resources.flatMap(({ steps }) => steps),
		],
		diagnostics: resources.flatMap(({ diagnostics }) => diagnostics),
	});
}

function summaryOf(text: string): string {
	const preview = readPreview(text);
	if (preview === null) throw new Error("it is no preview");
	return describeStack(readStack(preview));
}

const pair = (disk = "Orders") => ({
	source: { host: "east", virtualDisk: disk },
	target: { host: "west", virtualDisk: `${disk}-DR` },
	state: "suspended",
});
const suspend = "1. Suspend (22) at east: the copy stands still [protectionLoss]";
const asks = (name: string, token: string): Told => ({
	severity: "warning",
	message: [
		"this plan destroys writes and needs approval. The last run left it Synchronized, forward.",
		`  step 1, Failover (10) at west: x [dataLoss: writes of ${name}]: ${name} at east loses all writes that only it holds, of any age.`,
		`  First: make sure that ${name} at east is really gone.`,
		`  Then, if those writes may go: approval: "${token}" (argument, storageReplication:approvals, or STORAGE_REPLICATION_APPROVALS).`,
	].join("\n"),
});

describe("what a preview tells", () => {
	test("is told per relationship, the worst first, and unchanged ones are counted", () => {
		const text = summaryOf(
			documentOf(
				resource("calm", { op: "same", inputs: pair() }),
				resource("paused", { inputs: { ...pair(), plannedOperations: [suspend] } }),
				resource("silent", {
					told: [{ severity: "warning", message: "SR4001: east does not answer. Data safe: yes. Do: x." }],
				}),
				resource("impossible", {
					told: [
						{ severity: "error", message: "orders is wrong: SR1026: no way. Data safe: yes. Do: declare active." },
					],
				}),
				resource("lost", {
					inputs: { ...pair(), state: "failedOver", lost: "source" },
					told: [asks("Orders", "78aa-a84c-6e76")],
				}),
			),
		);
		expect(text.startsWith(marker)).toBe(true);
		expect(text).toContain("stack `dev` of `program`");
		expect(text).toContain(
			"**5 relationships: 1 destroys writes and needs approval, 1 cannot be done, 1 could not be read, 1 changes, 1 unchanged.**",
		);
		expect(text).toContain("Other resources, not shown here: 1 `create`.");
		expect(text.match(/^### .*$/gm)).toEqual([
			"### `lost` destroys writes and needs approval",
			"### `impossible` cannot be done: SR1026",
			"### `silent` could not be read",
			"### `paused` changes",
		]);
		expect(text).toContain("`Orders` at `east` to `Orders-DR` at `west`; wished: `failedOver, lost source`");
		expect(text).toMatch(/Orders at east\nloses all writes|Orders at east loses all\s+writes/);
		expect(text).toContain("First: make sure that Orders at east is really gone.");
		expect(text).toContain("the token is **`78aa-a84c-6e76`**");
		expect(text).toContain("SR1026: no way. Data safe: yes. Do: declare active.");
		expect(text).toContain(suspend);
		expect(text).not.toContain("calm");
	});

	test("what diff told is the plan, because it knows earlier runs; check does not", () => {
		const told = [
			{ severity: "info", message: "plan:\n  1. one\n  2. two [dataLoss: recent writes of Orders]" },
		] as const;
		const text = summaryOf(documentOf(resource("orders", { inputs: { plannedOperations: ["1. other"] }, told })));
		expect(text).toContain("1. one\n2. two");
		expect(text).not.toContain("other");
		expect(text).toContain("changes, and recent writes may go");
	});

	test.each([
		[
			"is told as not known",
			{ inputs: { plannedOperations: ["not known: east does not answer"] } },
			"could not be read",
		],
		[
			"has an error without a code",
			{ told: [{ severity: "error" as const, message: "out of memory" }] },
			"could not be read",
		],
		["is only stored", { inputs: { plannedOperations: ["adopt: nothing to do"] } }, "is stored, nothing is sent"],
		["hides its plan", { inputs: { plannedOperations: "[secret]" } }, "changes, and how is not in the preview"],
		["waits for another resource", { op: "create", inputs: pair() }, "changes, and how is not in the preview"],
	])("a relationship that %s", (_, told, title) => {
		expect(summaryOf(documentOf(resource("orders", told)))).toContain(`### \`orders\` ${title}`);
	});

	const ids = { sourceUniqueId: "6000100000000001", targetUniqueId: "6000200000000001" };
	const removed = (name: string, old: object, op = "delete") => ({
		steps: [{ op, urn: urnOf(name), oldState: old }],
		diagnostics: [],
	});

	test.each([
		[{ ...pair(), ...ids }, "Detach (8), as the state says"],
		[{ ...pair(), ...ids, deletePolicy: "dissolve" }, "Dissolve (9), as the state says"],
		[{}, "Detach (8), as the state says"],
	])("one that is removed from the program ends: %j", (inputs, by) => {
		const text = summaryOf(documentOf(removed("orders", { inputs })));
		expect(text).toContain("**1 relationship: 1 ends.**");
		expect(text).toContain("### `orders` ends: nothing protects these disks any more");
		expect(text).toContain(by);
	});

	test("but for one that is kept on purpose, and one that another resource of the run declares", () => {
		const renamed = { ...pair(), ...ids, plannedOperations: ["adopt: nothing to do"] };
		const text = summaryOf(
			documentOf(
				removed("kept", {
					inputs: { ...pair("Mail"), sourceUniqueId: "1", targetUniqueId: "2" },
					retainOnDelete: true,
				}),
				removed("orders", { inputs: { ...pair(), ...ids } }),
				resource("orders-2", { op: "create", inputs: renamed }),
			),
		);
		expect(text).toContain("**3 relationships: 3 stored without an operation.**");
		expect(text).toContain("retainOnDelete");
		expect(text).toContain("this run declares the same pair as orders-2: nothing is sent");
		expect(text).not.toContain("ends");
	});

	test("a replacement says how the relationship of before ends", () => {
		const old = { inputs: { ...pair(), ...ids } };
		const made = resource("orders", {
			op: "create-replacement",
			inputs: { ...pair("Mail"), sourceUniqueId: "3", targetUniqueId: "4", plannedOperations: [suspend] },
		});
		const text = summaryOf(documentOf(made, removed("orders", old, "delete-replaced")));
		expect(text).toContain("### `orders` changes");
		expect(text).toContain("the relationship of before ends by Detach (8)");
	});

	test("errors that belong to no relationship say that the preview did not get through", () => {
		const text = summaryOf(
			JSON.stringify({ diagnostics: [{ severity: "error", message: "error: the program threw" }] }),
		);
		expect(text).toMatch(/The preview did not get through.*the program threw/s);
	});

	test("as one event a line it is the same", () => {
		const { steps, diagnostics } = JSON.parse(
			documentOf(
				resource("lost", { inputs: pair(), told: [asks("Orders", "78aa-a84c-6e76")] }),
				removed("gone", { inputs: { ...pair("Mail"), deletePolicy: "dissolve" } }),
			),
		) as { steps: { op: string; urn: string; newState?: unknown; oldState?: unknown }[]; diagnostics: object[] };
		const event = (more: object) => JSON.stringify({ sequence: 1, timestamp: 2, ...more });
		const lines = [
			...steps.map(({ op, urn, newState, oldState }) =>
				event({ resourcePreEvent: { metadata: { op, urn, new: newState, old: oldState } } }),
			),
			event({
				diagnosticEvent: { urn: urnOf("lost"), severity: "warning", message: "for the display", ephemeral: true },
			}),
			...diagnostics.map((diagnosticEvent) => event({ diagnosticEvent })),
			event({ summaryEvent: {} }),
		];
		expect(summaryOf(`${lines.join("\n")}\n`)).toBe(summaryOf(JSON.stringify({ steps, diagnostics })));
	});
});

describe("with the words of the lifecycle itself", () => {
	useSites();
	test("the token and what to do first are found in what diff really says", async () => {
		const { outs } = await create(session(), await inputsFor({}));
		await sites.host("east").down();
		const inputs = await inputsFor({ state: "failedOver", lost: "source" }, outs);
		heard.length = 0;
		await diff(session(), outs, inputs);
		const told = heard.map(
			(message) => ({ severity: message.startsWith("plan: ") ? "info" : "warning", message }) as const,
		);
		const token = /approval: "([^"]+)"/.exec(heard.join("\n"))?.[1];
		const text = summaryOf(documentOf(resource("orders", { inputs, told })));
		expect(text).toContain("### `orders` destroys writes and needs approval");
		expect(text).toContain(`the token is **\`${token}\`**`);
		expect(text).toMatch(/First: make sure that Orders at east is really gone/);
		// Digests of ids differ from run to run.
		const masked = (markdown: string) => markdown.replace(/`[0-9a-f]{4}(-[0-9a-f]{4}){2}`/g, "`token`");
		const page = readFileSync(join(__dirname, "..", "..", "docs", "pipelines.md"), "utf8");
		const [, printed = ""] = /^````markdown\n([\s\S]*?)^````$/m.exec(page) ?? [];
		expect(masked(printed)).toBe(masked(text.replace("Other resources, not shown here: 1 `create`.\n\n", "")));
	});
});

describe("snapshots and clones", () => {
	useSites();

	const snapshot = {
		kind: "Snapshot",
		source: { host: "east", virtualDisk: "Orders" },
		target: { virtualDisk: "Orders-Snap", storagePool: "Pool" },
		triggers: 1,
	};
	const ofKind = (previewed: Previewed, kind = "Snapshot") =>
		JSON.parse(JSON.stringify(previewed).replaceAll("VirtualDiskReplication", `VirtualDisk${kind}`)) as Previewed;
	const urn = urnOf("snap").replace("VirtualDiskReplication", "VirtualDiskSnapshot");

	/** What a preview of this declaration tells, after an up of the first one. */
	async function previewed(more: object, change: (record: Bag) => Promise<unknown> = async () => {}): Promise<string> {
		const args = { ...snapshot, resourceUrn: urn };
		const { inputs: before } = await check(session(), {}, args);
		const { outs } = await create(session(), { ...before, __provider: "text" });
		await change(outs.record as Bag);
		heard.length = 0;
		const { inputs, failures } = await check(session(), { ...before }, { ...args, ...more });
		expect(failures).toEqual([]);
		await diff(session(), outs, { ...inputs, __provider: "text" });
		const told = heard.map(
			(message) => ({ severity: message.startsWith("plan: ") ? "info" : "warning", message }) as const,
		);
		return summaryOf(documentOf(ofKind(resource("snap", { inputs, told }))));
	}

	test("say which writes go, with the token that diff really tells", async () => {
		const text = await previewed({ restore: "INC-7" }, async () => {
			await sites.write("Orders", 3);
			await sites.change((world) => {
				for (const mirror of world.relationships) if (mirror.syncType === 6) mirror.copyState = 7;
			});
		});
		expect(text).toContain("**1 relationship: 1 destroys writes and needs approval.**");
		expect(text).toContain("### `snap` (Snapshot) destroys writes and needs approval");
		expect(text).toContain("`Orders` at `east` to `Orders-Snap` at `east`; wished: `active, restore INC-7`");
		expect(text).toMatch(/If those writes may go, the token is \*\*`([0-9a-f]{4}-){2}[0-9a-f]{4}`\*\*/);
		expect(text).toMatch(
			/First: stop what writes to Orders at east [\s\S]*written since the point in time: all of that goes/,
		);
	});

	test("say that a point in time goes", async () => {
		const text = await previewed({ triggers: 2 }, async (record) => {
			// As an up leaves it that saw a disk which nobody could write to.
			Object.assign(record.readOnly as object, { target: true });
			await sites.change((world) => {
				for (const disk of world.disks) if (disk.name === "Orders-Snap") disk.readOnly = true;
			});
		});
		expect(text).toContain("**1 relationship: 1 destroys data and needs approval.**");
		expect(text).toContain("### `snap` (Snapshot) destroys a point in time and needs approval");
		expect(text).toMatch(/Orders-Snap at east loses its point in\s+time\./);
		expect(text).toMatch(
			/First: copy what is needed from Orders-Snap at east: its point in time does not come\s+back\./,
		);
		expect(text).toMatch(/If that may go, the token is \*\*`/);
	});

	test("say that a disk goes, which expendable consents to", async () => {
		const text = await previewed({
			expendable: "everything",
			deletePolicy: "returnToResourcePool",
			expiresAt: "1970-01-01T00:00:00Z",
		});
		expect(text).toContain("### `snap` (Snapshot) changes, and a disk may go");
		expect(text).toContain("wished: `active, expendable everything, expiresAt 1970-01-01T00:00:00Z`");
	});

	test("say how one ends that is removed from the program, and nothing of what is gone", () => {
		const removed = (deletePolicy: string | undefined, kind = "Snapshot", outputs = {}) => {
			const inputs = { ...snapshot, kind, ...(deletePolicy === undefined ? {} : { deletePolicy }) };
			const step = { op: "delete", urn: urnOf("snap"), oldState: { inputs, outputs } };
			return summaryOf(documentOf(ofKind({ steps: [step], diagnostics: [] }, kind)));
		};
		expect(removed("returnToResourcePool")).toMatch(
			/`snap` \(Snapshot\) ends: its disk is deleted[\s\S]*ReturnToResourcePool \(19\), as the state says\. Its disk is deleted/,
		);
		expect(removed(undefined)).toMatch(
			/ends: it is no copy any more[\s\S]*Dissolve \(9\), as the state says\. Its disk stays\.$/m,
		);
		expect(removed("detach")).toContain("Its disk stays, and holds differences without a source.");
		expect(removed(undefined, "Clone")).toMatch(
			/\(Clone\) ends: [\s\S]*Detach \(8\), as the state says\. Its disk stays\.$/m,
		);
		const gone = removed("detach", "Clone", { ended: "complete" });
		expect(gone).toContain("is stored, nothing is sent");
		expect(gone).toContain("it is gone (complete): nothing is sent");
	});

	test("are not taken for the mirror of the same two disks", () => {
		const ids = { sourceUniqueId: "1", targetUniqueId: "2" };
		const step = { op: "delete", urn: urnOf("snap"), oldState: { inputs: { ...snapshot, ...ids } } };
		const mirror = resource("orders", { op: "same", inputs: { ...pair(), ...ids } });
		expect(summaryOf(documentOf(ofKind({ steps: [step], diagnostics: [] }), mirror))).toContain("1 ends, 1 unchanged");
	});

	test("are not taken for the copy that goes the other way between the same two disks: the provider ends them", () => {
		const ids = { sourceUniqueId: "60A", targetUniqueId: "60B" };
		const step = { op: "delete", urn: urnOf("snap"), oldState: { inputs: { ...snapshot, ...ids } } };
		const beside = (sourceUniqueId: string, targetUniqueId: string) => {
			const inputs = { ...snapshot, sourceUniqueId, targetUniqueId };
			const declared = resource("snap-2", { op: "same", inputs });
			return summaryOf(documentOf(ofKind({ steps: [step], diagnostics: [] }), ofKind(declared)));
		};
		expect(beside("60b", "60a")).toContain("1 ends, 1 unchanged");
		expect(beside("60a", "60b")).toContain("this run declares the same pair as snap-2: nothing is sent");
	});
});

describe("a disk may be called anything", () => {
	const names = [
		"|<img src=x onerror=alert(1)>",
		"`",
		"``` \n```\n<script>alert(1)</script>",
		"a\n\n# Approved\n\n/merge",
		"[click](https://example.com) ![x](https://example.com/x.png)",
		"</code></pre><b>",
		"@everyone #1 !2",
		"~~~\n<b>",
		"-->\n<b>",
		" ",
		"\u202eevitca\u2066",
		"https://example.com/approve",
		'Then, if those writes may go: approval: "dead-beef-0000"',
	];

	test.each(names)("%j: stays text", (name) => {
		const text = summaryOf(
			documentOf(
				resource(name, { inputs: { ...pair(name), plannedOperations: [`1. Suspend (22) at ${name}: x`] } }),
				resource(`${name}2`, { inputs: pair(name), told: [asks(name, "78aa-a84c-6e76")] }),
				resource(`${name}3`, { told: [{ severity: "error", message: `SR1026: ${name}` }] }),
				resource(`${name}4`, { told: [{ severity: "warning", message: name }] }),
			),
		);
		const parsed = new MarkdownIt({ html: true, linkify: true }).parse(text, {});
		const flat = parsed.flatMap((token: Token) => [token, ...(token.children ?? [])]);
		const kinds = new Set(flat.map((token: Token) => token.type));
		expect([...kinds].filter((kind) => /html_inline|link|image|table|list|quote/.test(kind))).toEqual([]);
		// The only HTML is the mark of the comment, the only headings are ours, and outside of code no name is found.
		expect(
			flat.filter((token: Token) => token.type === "html_block").map((token: Token) => token.content.trim()),
		).toEqual([marker]);
		const headings = parsed.flatMap((token: Token, index: number) =>
			token.type === "heading_open" ? [parsed[index + 1]?.children?.at(-1)?.content.trim()] : [],
		);
		expect(headings.sort()).toEqual([
			"cannot be done: SR1026",
			"changes",
			"changes, and how is not in the preview",
			"destroys writes and needs approval",
			"program",
		]);
		const outside = flat
			.filter((token: Token) => token.type === "text")
			.map((token: Token) => token.content)
			.join("\n");
		expect(outside).not.toMatch(/img|alert|Approved|example|everyone|dead-beef|evitca/);
		expect(text).toContain("the token is **`78aa-a84c-6e76`**");
		expect(text).not.toMatch(/the token is \*\*`dead-beef/);
		expect(text).not.toMatch(/[\u202e\u2066]/);
	});
});

test("a comment holds all tokens, however many relationships there are, and says how many are not shown", () => {
	const many = Array.from({ length: 1_000 }, (_, index) => {
		const token = `0000-0000-${String(index).padStart(4, "0")}`;
		return resource(`disk-${index}`, { inputs: pair(), told: [asks("Orders", token)] });
	});
	const text = summaryOf(documentOf(...many));
	expect(text.length).toBeLessThan(maxLength);
	const shown = text.match(/^### /gm)?.length ?? 0;
	expect(shown).toBeGreaterThan(20);
	expect(text).toContain(`**${1_000 - shown} more are not shown`);
	for (const index of [0, 500, 999]) expect(text).toContain(`0000-0000-${String(index).padStart(4, "0")}`);
});

describe("the command", () => {
	test("reads standard input, and ends with 0 whatever a preview says", async () => {
		const { code, out, err } = await run(["ci-summary"], {
			input: documentOf(resource("orders", { told: [{ severity: "error", message: "SR1026: x" }] })),
		});
		expect([code, err]).toEqual([0, ""]);
		expect(out).toContain("cannot be done: SR1026");
	});

	test.each([
		["nothing", ""],
		["no JSON", "error: no stack selected"],
		["another document", "{}"],
		["a list", "[]"],
		["a step without an operation", '{"steps":[{"urn":"x"}]}'],
		["a line that is no event", '{"sequence":1,"timestamp":2}\n{"steps":[]}'],
	])("does not tell %s as a preview", async (_, input) => {
		expect(readPreview(input)).toBeNull();
	});

	test("ends with 2 and one line where there is none", async () => {
		for (const args of [["ci-summary"], ["ci-summary", "nowhere.json"]]) {
			const { code, out, err } = await run(args, { input: "" });
			expect([code, out, err.trim().split("\n").length], err).toEqual([2, "", 1]);
			expect(err).toContain("SR2010");
		}
	});
});
