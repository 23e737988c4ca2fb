import { expect, test } from "vitest";
import { Simulator } from "../../provider/hosts/simulator";
import { type Bag, unknownValue } from "../../provider/lifecycle/arguments";
import { check } from "../../provider/lifecycle/check";
import { create } from "../../provider/lifecycle/create";
import { remove } from "../../provider/lifecycle/delete";
import { diff } from "../../provider/lifecycle/diff";
import { read } from "../../provider/lifecycle/read";
import { update } from "../../provider/lifecycle/update";
import { synchronizedCopyState as states } from "../../provider/model/vocabulary/relationship";
import { failureOf, heard, inputsFor, messageOf, orders, session, sites, useSites, warnings } from "./session";

useSites();

test("a swapped declaration whose update stops leaves a state that names the right primary", async () => {
	const { outs } = await create(session(), await inputsFor({}));
	const swapped = { source: orders.target, target: orders.source, state: "suspended" };
	const inputs = await inputsFor(swapped, outs);
	await sites.addFault({ kind: "returnCode", code: 5, effect: false, times: 1 });
	const { properties = {} } = await failureOf(update(session(), "id", outs, inputs));

	expect(properties.primary).toEqual(orders.source);
	// A refresh mends the ids but not the record, which is then read the wrong way round.
	const refreshed = (await read(session(), "id", properties)).props ?? {};
	expect((refreshed.record as Bag).direction).toBe(refreshed.direction);
});

test("nor does the end that was declared lost become the other one", async () => {
	const { outs } = await create(session(), await inputsFor({ lost: "target" }));
	const swapped = { source: orders.target, target: orders.source, state: "suspended" };
	const inputs = await inputsFor(swapped, outs);
	await sites.addFault({ kind: "returnCode", code: 5, effect: false, times: 1 });
	const { properties = {} } = await failureOf(update(session(), "id", outs, inputs));
	expect(properties).toMatchObject({ lost: "source", source: orders.target });
	await remove(session(), "id", properties);
	expect(sites.look().relationships, "removed where it can be reached").toEqual([]);
});

test("a management server that lost sight of its arrays is no proof that the relationship is gone", async () => {
	const here = { source: { host: "mgmt", virtualDisk: "Orders" }, target: { host: "mgmt", virtualDisk: "Orders-DR" } };
	const { outs } = await create(session(), await inputsFor(here));
	for (const array of ["east-array", "west-array"]) await sites.array(array).lose();
	const seen = await read(session(), "id", outs).catch(() => "error");
	expect(seen, "a refresh").not.toEqual({});
	expect((await failureOf(remove(session(), "id", outs))).message).not.toBe("no error");
});

test("nor is a disk that it does not list called the other one, ends declared the other way round", async () => {
	const here = { source: { host: "mgmt", virtualDisk: "Orders" }, target: { host: "mgmt", virtualDisk: "Orders-DR" } };
	const first = await inputsFor(here);
	await create(session(), first);
	await sites.array("west-array").lose();
	const exchanged = { ...orders, source: here.target, target: here.source };
	const [failure] = (await check(session(), first, exchanged)).failures;
	expect(failure?.reason).toContain('SR2005: host mgmt has no virtual disk "Orders-DR"');
	expect(failure?.reason).not.toContain("had this name");
});

test("nor is anything removed on one side only because the other disk is not listed", async () => {
	const here = { source: { host: "mgmt", virtualDisk: "Orders" }, target: { host: "mgmt", virtualDisk: "Orders-DR" } };
	const { outs } = await create(session(), await inputsFor(here));
	await sites.array("east-array").lose();
	await failureOf(remove(session(), "id", outs));
	expect(sites.calls()).toEqual([]);
});

test("a replacement does not delete what it has just made", async () => {
	const first = await inputsFor({});
	const { outs } = await create(session(), first);
	await sites.change((world) => {
		const [source, target] = world.disks;
		if (source === undefined || target === undefined) throw new Error("no pair");
		world.disks.push({ ...source, uniqueId: "6000100000000077" }, { ...target, uniqueId: "6000200000000077" });
		for (const disk of [source, target]) disk.name = `${disk.name}-2023`;
	});
	const ends = {
		source: { host: "east", virtualDisk: "6000100000000077" },
		target: { host: "west", virtualDisk: "6000200000000077" },
	};
	const news = await inputsFor(ends, first);
	expect((await diff(session(), outs, news)).replaces).toEqual(["source", "target"]);
	const { message } = await failureOf(create(session(), news));
	const approval = /approval: "([^"]+)"/.exec(message)?.[1];
	await create(session(), { ...news, approval });
	await remove(session(), "id", outs); // the engine deletes the old one last

	expect(sites.look().relationships.map(({ source }) => source)).toEqual(["6000100000000077"]);
});

test("adopt: a create that stopped half way can be gone on with", async () => {
	await Simulator.create(sites.file, { force: true, profile: "srdf", speed: 50 });
	const wish = { onRoleChange: "adopt", state: "reversed" };
	const inputs = await inputsFor(wish);
	let calls = 0;
	const refusing = session((host) => {
		const send = host.setReplicationRelationship.bind(host);
		host.setReplicationRelationship = async (request) =>
			++calls === 2 ? { returnCode: 5, jobId: null, message: null } : send(request);
	});
	const { properties = {} } = await failureOf(create(refusing, inputs)); // Failover done, ReverseRoles refused
	// The engine stores the inputs of a create that failed half way: they are check's old inputs from now on.
	const again = await inputsFor(wish, inputs);

	expect((await failureOf(update(session(), "id", properties, again))).message).not.toContain("SR5005");
});

test("a target that was removed by hand, relationship and all, can be refreshed away and destroyed", async () => {
	const { outs } = await create(session(), await inputsFor({}));
	await sites.change((world) => {
		world.relationships = [];
		world.disks = world.disks.filter(({ name }) => name !== "Orders-DR");
	});
	expect(await read(session(), "id", outs)).toEqual({});
	await remove(session(), "id", outs);
});

test("a disk that is not well is named: as a warning, and beside what would be lost for it", async () => {
	const preview = async (more: Bag) => {
		heard.length = 0;
		await check(session(), {}, { ...orders, ...more });
		return heard.join("\n");
	};
	expect(await preview({})).not.toContain("not well");
	await sites.health("Orders-DR", "warning");
	expect(await preview({})).toContain("Orders-DR at west is not well: HealthStatus Warning");
	await sites.health("Orders-DR", "detached");
	expect(await preview({ state: "failedOver" })).toMatch(/SR1028|not well/);
	await sites.array("east-array").lose();
	const lost = await preview({ state: "failedOver", lost: "source" });
	expect(lost).toMatch(
		/destroys writes and needs approval[\s\S]*Orders-DR at west is not well: .*OperationalStatus Detached[\s\S]*approval: "/,
	);
});

test("half a relationship: preview shows its removal and the new copy, and up does both with the token", async () => {
	await sites.forget("Orders");
	const inputs = await inputsFor({});
	expect(inputs.plannedOperations).toEqual([
		expect.stringMatching(/^1\. Detach \(8\) at west: .*\[protectionLoss\]$/),
		expect.stringMatching(/^2\. CreateReplica at east: .*\[dataLoss: writes of Orders-DR\]$/),
		expect.stringMatching(/^3\. wait for Synchronized/),
	]);
	const refused = await failureOf(create(session(), inputs));
	const approval = /approval: "([0-9a-f-]+)"/.exec(refused.message)?.[1];
	expect([refused.message, sites.calls()]).toEqual([expect.stringContaining("SR5001"), []]);
	const { outs } = await create(session(), await inputsFor({ approval }));
	expect(outs).toMatchObject({ copyState: "Synchronized", direction: "forward" });
	expect(sites.writes().lost).toBe(0);
});

test("ends declared the other way round while somebody else reversed a failover: preview and update say the same", async () => {
	const { outs } = await create(session(), await inputsFor({ state: "failedOver" }));
	await sites.changeRoles("Orders");
	const swapped = { source: orders.target, target: orders.source, state: "active", onRoleChange: "repair" };
	const inputs = await inputsFor(swapped, outs);
	await diff(session(), outs, inputs);
	const asked = warnings.join("\n").match(/approval: "([0-9a-f-]+)"/)?.[1];
	expect(warnings.join("\n")).not.toContain("SR5004");
	// An argument that another resource is still to give.
	await diff(session(), outs, { ...inputs, maxDataLossSeconds: unknownValue });
	expect(warnings.join("\n")).not.toContain("could not be worked out");
	expect(await messageOf(update(session(), "id", outs, inputs))).toContain("SR5001");
	expect(await messageOf(update(session(), "id", outs, inputs))).toContain(String(asked));
});

test.each(["up", "refresh"])("what the other disk took in roles that a stopped %s saw is not forgotten", async (by) => {
	const inputs = await inputsFor({});
	const { outs } = await create(session(), inputs);
	const reverse = (copyState: number) =>
		sites.change((world) => {
			for (const link of world.relationships) {
				link.copyState = copyState;
				[link.source, link.target] = [link.target, link.source];
			}
		});
	await reverse(states.Suspended);
	await sites.write("Orders-DR", 5);
	let state: Bag = outs;
	if (by === "up") {
		const { message, properties } = await failureOf(update(session(), "id", outs, await inputsFor({}, inputs)));
		expect(message).toContain("SR5003");
		state = properties ?? {};
		expect(state, "everything else is as it was").toEqual({
			...outs,
			__provider: "text",
			record: state.record,
		});
		const again = await failureOf(update(session(), "id", state, await inputsFor({}, inputs)));
		expect([again.message, again.properties], "nothing new: a clean error").toEqual([
			expect.stringContaining("SR5003"),
			undefined,
		]);
	} else {
		state = (await read(session(), "id", outs)).props ?? {};
		expect((state.record as Bag).direction, "not agreed").toBe("forward");
	}
	await reverse(states.Suspended);
	expect(await messageOf(update(session(), "id", state, await inputsFor({}, inputs)))).toContain("SR5001");
	expect([sites.calls(), sites.writes().lost]).toEqual([[], 0]);
});

test.each([false, true])(
	"nor what it took as a copy, ends declared the other way round meanwhile: %s",
	async (isSwapped) => {
		const ends = isSwapped ? { source: orders.target, target: orders.source } : {};
		const first = await inputsFor({ ...ends, state: "suspended" });
		const { outs } = await create(session(), first);
		await sites.addFault({ kind: "writable", disk: "Orders-DR" });
		await sites.write("Orders-DR", 3);
		const stopped = await failureOf(update(session(), "id", outs, await inputsFor({ state: "active" }, first)));
		expect(stopped.message).toContain("SR5004");
		await sites.removeFaults();
		const state = stopped.properties ?? outs;
		expect(await messageOf(update(session(), "id", state, await inputsFor({ state: "active" }, first)))).toContain(
			"SR5001",
		);
		expect(sites.writes().lost).toBe(0);
	},
);

test("a create that was cancelled before anything showed is kept, and the next run waits for it instead of sending another", async () => {
	await sites.remove("Orders");
	const refused = await failureOf(create(session(), await inputsFor({})));
	const approval = /approval: "([0-9a-f-]+)"/.exec(refused.message)?.[1];
	const inputs = await inputsFor({ approval });
	await sites.late(8_000);
	const cancelled = session((host) => {
		const send = host.createReplica.bind(host);
		host.createReplica = async (request) => {
			const answer = await send(request);
			cancelled.cancel();
			return answer;
		};
	});
	const stopped = await failureOf(create(cancelled, inputs));
	expect(stopped.message).toContain("SR5006");
	expect(stopped.properties?.record).toMatchObject({ interrupted: { operation: "create" } });
	const { outs } = await update(session(), "id", stopped.properties ?? {}, await inputsFor({}, inputs));
	expect(outs).toMatchObject({ copyState: "Synchronized", direction: "forward" });
	expect(sites.calls().map(({ method }) => method)).toEqual(["CreateReplica"]);
	expect(sites.writes().lost).toBe(0);
});

test("one that never came is made by the next run, with consent; destroyed, it is no more", async () => {
	await sites.remove("Orders");
	const refused = await failureOf(create(session(), await inputsFor({})));
	const approval = /approval: "([0-9a-f-]+)"/.exec(refused.message)?.[1];
	const inputs = await inputsFor({ approval });
	await sites.addFault({ kind: "cutOff", effect: false, times: 1 });
	const cancelled = session((host) => {
		const send = host.createReplica.bind(host);
		host.createReplica = (request) => send(request).finally(() => cancelled.cancel());
	});
	const stopped = await failureOf(create(cancelled, inputs));
	const kept = stopped.properties ?? {};
	expect(stopped.message).toMatch(/Sent, not proved: CreateReplica[^.]*\(no answer came\)\. Not tried: wait for/);
	expect(kept.record).toMatchObject({ interrupted: { operation: "create" } });
	const again = await inputsFor({}, inputs);
	const asked = await failureOf(update(session(), "id", kept, again));
	expect(asked.message).toContain("SR5001");
	const token = /approval: "([0-9a-f-]+)"/.exec(asked.message)?.[1];
	const { outs } = await update(
		session(),
		"id",
		asked.properties ?? kept,
		await inputsFor({ approval: token }, inputs),
	);
	expect(outs).toMatchObject({ copyState: "Synchronized" });
	await remove(session(), "id", kept);
	expect(sites.look().relationships).toEqual([]);
});

test("what the copy took while its link was broken, seen by a refresh, is not overwritten without consent", async () => {
	const inputs = await inputsFor({});
	const { outs } = await create(session(), inputs);
	await sites.link("east-array", "west-array").lose();
	await sites.addFault({ kind: "writable", disk: "Orders-DR" });
	await sites.write("Orders-DR", 4);
	const refreshed = (await read(session(), "id", outs)).props ?? {};
	await sites.removeFaults();
	expect(await messageOf(update(session(), "id", refreshed, await inputsFor({}, inputs)))).toContain("SR5001");
	expect([sites.calls(), sites.writes().lost]).toEqual([[], 0]);
});
