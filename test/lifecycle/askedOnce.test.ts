import { beforeEach, describe, expect, test } from "vitest";
import type { Host } from "../../provider/executor/host";
import type { Bag } from "../../provider/lifecycle/arguments";
import { check } from "../../provider/lifecycle/check";
import { create } from "../../provider/lifecycle/create";
import { diff } from "../../provider/lifecycle/diff";
import type { Session } from "../../provider/lifecycle/session";
import { update } from "../../provider/lifecycle/update";
import { failureOf, heard, messageOf, session, sites, useSites } from "./session";

useSites([{ source: "Ledger", target: "Ledger-DR", related: false }]);

const snapshot: Bag = {
	kind: "Snapshot",
	source: { host: "east", virtualDisk: "Ledger" },
	target: { virtualDisk: "Ledger-Snap", storagePool: "Pool" },
	resourceUrn: "urn:pulumi:dev::program::pulumi-nodejs:dynamic/storageReplication:VirtualDiskSnapshot::snap",
	triggers: 1,
};
const expendable = { ...snapshot, expendable: "everything" };

const isBusy = (host: Host) => {
	host.setReplicationRelationship = async () => ({ returnCode: 4099, jobId: null, message: null });
};

async function checked(run: Session, inputs: Bag, news: Bag): Promise<Bag> {
	const result = await check(run, inputs, news);
	expect(result.failures).toEqual([]);
	return { ...result.inputs, __provider: "text" };
}

/** What the engine keeps of the copy once an update of it stopped half way: the new inputs, and the properties of the failure. */
let kept: { readonly id: string; readonly inputs: Bag; readonly state: Bag };

async function stopHalfWay(news: Bag): Promise<void> {
	const run = session(isBusy);
	const inputs = await checked(run, kept.inputs, news);
	await diff(run, kept.state, inputs);
	const { message, properties } = await failureOf(update(run, kept.id, kept.state, withToken(inputs)));
	expect(message).toContain("SR3001");
	kept = { ...kept, inputs, state: properties ?? {} };
}

function withToken(inputs: Bag): Bag {
	const approval = /approval: "([^"]+)"/.exec(heard.join("\n"))?.[1];
	return approval === undefined ? inputs : { ...inputs, approval };
}

/** The next up, with the token that its diff prints where it prints one. */
async function runAgain(news: Bag): Promise<{ readonly shown: unknown; readonly outs: Bag }> {
	heard.length = 0;
	const run = session();
	const inputs = await checked(run, kept.inputs, news);
	expect(await diff(run, kept.state, inputs)).toMatchObject({ changes: true });
	return { shown: inputs.plannedOperations, ...(await update(run, kept.id, kept.state, withToken(inputs))) };
}

async function difference(news: Bag) {
	const run = session();
	return diff(run, kept.state, await checked(run, kept.inputs, news));
}

const sent = () => sites.calls().flatMap(({ operation }) => operation ?? []);

describe("what is asked once and stopped half way is done by the next up, whose inputs tell check that nothing is asked", () => {
	beforeEach(async () => {
		const run = session();
		const inputs = await checked(run, {}, snapshot);
		const { id, outs } = await create(run, inputs);
		kept = { id, inputs, state: outs };
	});

	test("a retake", async () => {
		const asked = { ...expendable, triggers: 2 };
		await stopHalfWay(asked);
		const { shown, outs } = await runAgain(asked);
		expect(shown).toEqual([]);
		expect(sent()).toEqual(["ResyncReplica"]);
		expect(heard.join("\n")).toContain("the plan above is the one that up runs");
		expect(outs).toMatchObject({ complete: true });
		kept = { ...kept, state: outs };
		expect(await difference(asked)).toMatchObject({ changes: false });
	});

	test("a restore, with the token of its own that diff prints", async () => {
		const asked = { ...snapshot, restore: "INC-1" };
		await sites.write("Ledger");
		await stopHalfWay(asked);
		const { shown, outs } = await runAgain(asked);
		expect(shown).toEqual([]);
		expect(sent()).toEqual(["RestoreFromReplica"]);
		expect(outs).toMatchObject({ restored: "INC-1" });
	});

	test("a restore, with the retake that is asked for besides by then", async () => {
		await sites.write("Ledger");
		await stopHalfWay({ ...snapshot, restore: "INC-1" });
		const { shown, outs } = await runAgain({ ...snapshot, restore: "INC-1", triggers: 2 });
		expect(shown).toEqual([expect.stringContaining("ResyncReplica")]);
		expect(sent()).toEqual(["RestoreFromReplica", "ResyncReplica"]);
		expect(outs).toMatchObject({ restored: "INC-1", complete: true });
	});

	test("a retake, of a copy that is Broken by then: what check refuses is no other plan than was shown", async () => {
		const asked = { ...expendable, triggers: 2 };
		await stopHalfWay(asked);
		await sites.change((world) => {
			for (const link of world.relationships) Object.assign(link, { copyState: 5, progressStatus: 3 });
		});
		const { shown, outs } = await runAgain(asked);
		expect(shown).toEqual([expect.stringContaining("SR1026: refused: the copy is Broken")]);
		expect(sent()).toEqual(["ResyncReplica"]);
		expect(outs).toMatchObject({ complete: true });
	});

	test("a plan that was shown otherwise is not agreed to by that", async () => {
		const inputs = await checked(session(), kept.inputs, { ...expendable, triggers: 2 });
		const shown = ["1. Activate (4) at east: Ledger-Snap becomes an image of Ledger"];
		const run = update(session(), kept.id, kept.state, { ...inputs, plannedOperations: shown });
		expect(await messageOf(run)).toContain("SR5005");
		expect(sent()).toEqual([]);
	});
});
