import { afterEach, describe, expect, test } from "vitest";
import { Simulator } from "../../provider/hosts/simulator";
import type { Bag } from "../../provider/lifecycle/arguments";
import { check } from "../../provider/lifecycle/check";
import { create } from "../../provider/lifecycle/create";
import { diff } from "../../provider/lifecycle/diff";
import { PartialFailure } from "../../provider/lifecycle/partialFailure";
import { read } from "../../provider/lifecycle/read";
import { update } from "../../provider/lifecycle/update";
import { synchronizedCopyState as states } from "../../provider/model/vocabulary/relationship";
import { heard, inputsFor, messageOf, orders, session, sites, useSites } from "./session";

useSites();
afterEach(() => {
	delete process.env.STORAGE_REPLICATION_APPROVALS;
});
describe("a token", () => {
	async function failedOver(): Promise<{ outs: Bag; inputs: Bag }> {
		const { outs } = await create(session(), await inputsFor({}));
		await sites.host("east").down();
		return { outs, inputs: await inputsFor({ state: "failedOver", lost: "source" }, outs) };
	}

	test("comes from the environment as well, in a list", async () => {
		const { outs, inputs } = await failedOver();
		const token = /approval: "([^"]+)"/.exec(await messageOf(update(session(), "id", outs, inputs)))?.[1];
		expect(sites.calls()).toEqual([]);
		process.env.STORAGE_REPLICATION_APPROVALS = `0000-0000-0000, ${token}`;
		await sites.link("east-array", "west-array").lose();
		await update(session(), "id", outs, inputs);
		expect(sites.calls()).toMatchObject([{ operation: "Failover", effect: true }]);
	});

	test("that does not fit is told apart from none, in preview and in the update", async () => {
		const { outs, inputs } = await failedOver();
		expect(await messageOf(update(session(), "id", outs, inputs))).toContain("no approval is given");
		process.env.STORAGE_REPLICATION_APPROVALS = "0000-0000-0000 1111-1111-1111";
		const text = "none of the 2 tokens given fits this plan";
		expect(await messageOf(update(session(), "id", outs, inputs))).toContain(text);
		await diff(session(), outs, inputs);
		expect(heard.join("\n")).toContain(text);
		expect(sites.calls()).toEqual([]);
	});
});

describe("what is told", () => {
	test("an adoption, before it happens", async () => {
		await inputsFor({});
		expect(heard).toContain("adopts what is there (Synchronized), sends nothing.");
	});

	test("that what serves may be half a copy, before it is copied over the other disk", async () => {
		await sites.change((world) => {
			for (const each of world.relationships) each.copyState = states.Failedover;
		});
		const { outs } = await create(session(), await inputsFor({ state: "failedOver" }));
		await diff(session(), outs, await inputsFor({}, outs));
		const told = "nobody saw the copy on Orders-DR complete before it began to serve";
		expect(heard.join("\n")).toContain(`${told}: check its data before it is copied over Orders`);
		heard.length = 0;
		const seen = { ...outs, record: { ...(outs.record as Bag), targetConsistent: true } };
		await diff(session(), seen, await inputsFor({}, outs));
		expect(heard.join("\n")).toContain("approval: ");
		expect(heard.join("\n")).not.toContain(told);
	});

	test("a role change, by refresh: who serves, and what each onRoleChange would do", async () => {
		const { outs } = await create(session(), await inputsFor({}));
		await read(session(), "id", outs);
		expect(heard.join()).not.toContain("roles changed");
		await sites.changeRoles("Orders");
		await read(session(), "id", outs);
		expect(heard.join()).toMatch(/Orders-DR at west serves now.*stop.*adopt.*repair.*Declared: stop/);
	});

	test("hosts that are silent at the first preview: nothing can be said, and what up will do", async () => {
		for (const host of ["east", "west"]) await sites.host(host).down();
		const { failures } = await check(session(), {}, { ...orders, dryRun: true });
		expect(failures).toEqual([]);
		expect(heard.join("\n")).toMatch(/SR4001[\s\S]*up fails for it unless it can be read by then/);
	});
});

test("a run that is cancelled issues nothing further, and its process stays to be heard", async () => {
	await Simulator.create(sites.file, { force: true, profile: "srdf", speed: 50 });
	const { outs } = await create(session(), await inputsFor({}));
	const inputs = await inputsFor({ state: "reversed" }, outs);
	expect((inputs.plannedOperations as string[]).length).toBeGreaterThan(1);
	const ending = session((host) => {
		const send = host.setReplicationRelationship.bind(host);
		host.setReplicationRelationship = async (request) => {
			ending.cancel();
			return send(request);
		};
	});
	const text = await messageOf(update(ending, "id", outs, inputs));
	expect(text).toMatch(/SR5006.*Sent, not proved: Failover|SR5006.*Done: Failover/);
	expect(sites.calls()).toHaveLength(1);
});

test("properties of a partial failure hold nothing that Pulumi cannot store", () => {
	const { properties } = new PartialFailure(
		"id",
		{ kept: [1, null], left: undefined, deep: { out: undefined } },
		"why",
	);
	expect(properties).toStrictEqual({ kept: [1, null], deep: {} });
});
