import { describe, expect, test } from "vitest";
import type { Host } from "../../provider/executor/host";
import type { Bag } from "../../provider/lifecycle/arguments";
import { check } from "../../provider/lifecycle/check";
import { create } from "../../provider/lifecycle/create";
import { diff } from "../../provider/lifecycle/diff";
import { update } from "../../provider/lifecycle/update";
import { errorCodes } from "../../provider/model/errorCodes";
import { ReplicationError } from "../../provider/model/replicationError";
import { failureOf, inputsFor, orders, session, sites, useSites, warnings } from "./session";

useSites([
	{ source: "Orders", target: "Orders-DR" },
	{ source: "Bills", target: "Spare" },
]);

const spare = { host: "west", virtualDisk: "Spare" };

function silentWest(host: Host): void {
	if (host.name !== "west" && host.name !== "mgmt") return;
	host.observe = async () => {
		throw silence(host.name);
	};
}

function silence(name: string): ReplicationError {
	return new ReplicationError({
		code: errorCodes.hostUnreachable,
		class: "transport",
		what: `host ${name} does not answer.`,
		dataSafety: "nothing was changed.",
		remedy: "restore contact.",
	});
}

async function made() {
	const inputs = await inputsFor({});
	return { inputs, outs: (await create(session(), inputs)).outs };
}

/** One process of an up with a silent target, and what its diff and update made of it. */
async function upSilent(more: Bag) {
	const { inputs: olds, outs } = await made();
	const quiet = session(silentWest);
	const { inputs, failures } = await check(quiet, olds, { ...orders, ...more });
	expect(failures).toEqual([]);
	const news = { ...inputs, __provider: "text" };
	const told = await diff(quiet, outs, news);
	return { outs, news, told, quiet };
}

describe("another target declared while its host is silent", () => {
	test.each(["active", "suspended", "failedOver"])(
		"%s is never told of a disk that was not seen, nor sent to the old pair",
		async (state) => {
			const { outs, news, told, quiet } = await upSilent({ target: spare, state });

			expect(told).toMatchObject({ changes: true, replaces: [] });
			expect(warnings.join("\n")).toContain("the target is declared anew and could not be seen");
			const { message, properties } = await failureOf(update(quiet, "id", outs, news));
			expect(message).toMatch(/SR2011|SR4001/);
			expect(properties).toBeUndefined();
			expect(sites.calls()).toEqual([]);
		},
	);
	test("the same end by its id is the same disk", async () => {
		const { outs, news, quiet } = await upSilent({ target: { host: "west", virtualDisk: "6000200000000001" } });

		expect((await update(quiet, "id", outs, news)).outs).toMatchObject({ targetUniqueId: "6000200000000001" });
		expect(sites.calls()).toEqual([]);
	});
	test("a host that was never named may have another disk of the old name", async () => {
		const { outs, news, quiet } = await upSilent({ target: { host: "mgmt", virtualDisk: "Orders-DR" } });

		expect((await failureOf(update(quiet, "id", outs, news))).message).toContain("SR2011");
		expect(sites.calls()).toEqual([]);
	});
	test("that answers by the time of the update: it stops by SR5008; the remedy is followed: the next run shows the replacement", async () => {
		const { outs, news, told } = await upSilent({ target: spare, state: "suspended" });

		expect(told.replaces).toEqual([]);
		expect((await failureOf(update(session(), "id", outs, news))).message).toContain("SR5008");
		expect(sites.calls()).toEqual([]);
		expect(await diff(session(), outs, news)).toMatchObject({ replaces: ["target"] });
	});
});

describe("one host that sees both arrays and is silent once", () => {
	const mgmt = {
		source: { host: "mgmt", virtualDisk: "Orders" },
		target: { host: "mgmt", virtualDisk: "Orders-DR" },
	};

	/** An up whose check and diff got no answer; its update asks anew, and is answered. */
	async function upSilentOnce(declared: Bag) {
		const olds = await inputsFor(mgmt);
		const { outs } = await create(session(), olds);
		let isSilent = true;
		const quiet = session((host) => {
			const observe = host.observe.bind(host);
			host.observe = async () => {
				if (!isSilent) return observe();
				isSilent = false;
				throw silence(host.name);
			};
		});
		const { inputs } = await check(quiet, olds, { ...orders, ...mgmt, ...declared });
		const news = { ...inputs, __provider: "text" };
		expect(await diff(quiet, outs, news)).toMatchObject({ changes: true, replaces: [] });
		return failureOf(update(quiet, "id", outs, news));
	}

	test("another disk is not told as a relationship that is gone", async () => {
		const target = { host: "mgmt", virtualDisk: "Spare" };
		expect((await upSilentOnce({ target })).message).toMatch(/^SR4001: host mgmt/);
		expect(sites.calls()).toEqual([]);
	});

	test("ends that were exchanged are not gone by as if they were the old ones", async () => {
		const exchanged = { source: mgmt.target, target: mgmt.source, state: "reversed", onRoleChange: "repair" };
		expect((await upSilentOnce(exchanged)).message).toMatch(/^SR4001: host mgmt/);
		expect(sites.calls()).toEqual([]);
	});
});

test("a replacement stays one where its array does not tell what it can do", async () => {
	const { outs, inputs } = await made();
	const mute = session((host) => {
		host.capabilities = async () => {
			throw new Error("no answer");
		};
	});

	expect(await diff(mute, outs, { ...inputs, target: spare })).toMatchObject({ replaces: ["target"] });
	expect(warnings.join("\n")).toContain("is another disk than before");
});

test("a replacement stays one where the look as its create will look finds two disks of a name", async () => {
	const { outs, inputs } = await made();
	await sites.change((world) => {
		const orders = world.disks.find(({ uniqueId }) => uniqueId === "6000100000000001");
		if (orders === undefined) throw new Error("no disk");
		world.disks.push({ ...orders, uniqueId: "6000100000000077" });
	});

	expect(await diff(session(), outs, { ...inputs, target: spare })).toMatchObject({ replaces: ["target"] });
	expect(warnings.join("\n")).toContain("SR2006");
});

test("names that another pair has by the first call of an update stop it: SR5008, and that pair is left alone", async () => {
	const { outs, inputs: olds } = await made();
	const rename = async (names: Record<string, string>) => {
		for (const [from, to] of Object.entries(names)) await sites.rename(from, to);
	};
	await rename({ Orders: "Sales", "Orders-DR": "Sales-DR" });
	const declared = {
		source: { host: "east", virtualDisk: "Sales" },
		target: { host: "west", virtualDisk: "Sales-DR" },
		state: "suspended",
	};
	const news = await inputsFor(declared, olds);
	let isSwept = false;
	const process = session((host) => {
		const observeDisks = host.observeDisks.bind(host);
		// The first look after those of the checks: somebody deletes the pair, and gives its names to another one.
		host.observeDisks = async (objectIds) => {
			if (!isSwept) {
				isSwept = true;
				await sites.change((world) => {
					world.disks = world.disks.filter(({ name }) => !name.startsWith("Sales"));
					world.relationships = world.relationships.filter(({ source }) => source !== outs.sourceUniqueId);
				});
				await rename({ Bills: "Sales", Spare: "Sales-DR" });
			}
			return observeDisks(objectIds);
		};
	});

	expect((await failureOf(update(process, "id", outs, news))).message).toMatch(/^SR5008/);
	expect(sites.calls()).toEqual([]);
	expect(await diff(session(), outs, news)).toMatchObject({ replaces: ["source", "target"] });
});
