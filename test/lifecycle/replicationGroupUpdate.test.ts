import { describe, expect, test } from "vitest";
import { CallCutOff } from "../../provider/executor/callCutOff";
import type { Bag } from "../../provider/lifecycle/arguments";
import { check, create, diff, read, remove, update } from "../../provider/lifecycle/replicationGroup";
import type { Session } from "../../provider/lifecycle/session";
import { errorCodes } from "../../provider/model/errorCodes";
import { ReplicationError } from "../../provider/model/replicationError";
import {
	answering,
	answerOf,
	group,
	groupsAre,
	idOf,
	refusalOf,
	relate,
	sales,
	sent,
	up,
	useGroups,
} from "./salesGroup";
import { failureOf, heard, messageOf, session, sites, warnings } from "./session";

useGroups();

describe("update", () => {
	test("members join, leave and change their order, as the preview says", async () => {
		let { kept } = await up({});
		const changes: [string[], string[]][] = [
			[["Orders", "Ledger", "Stock"], ["1. AddMember at east: Stock joins Sales at its end"]],
			[["Orders", "Stock"], ["1. RemoveMember at east: Ledger leaves Sales"]],
			[
				["Stock", "Orders"],
				["1. RemoveMember at east: Orders leaves Sales", "2. AddMember at east: Orders joins Sales at its end"],
			],
		];
		for (const [members, lines] of changes) {
			const ran = await up({ members }, kept);
			expect([ran.did, ran.planned, group()]).toEqual(["updated", lines, members]);
			expect(ran.kept.outs).toMatchObject({ plannedOperations: lines, members: members.map(idOf) });
			({ kept } = ran);
		}
		expect((await up({ members: ["Stock", "Orders"] }, kept)).did).toBe("same");
		expect(sent()).toEqual(["CreateReplicationGroup", "AddMember", "RemoveMember", "RemoveMember", "AddMember"]);
	});

	test("in a relationship other members are refused, and the same ones are not", async () => {
		const { kept } = await up({});
		await relate();
		expect(await refusalOf({ members: ["Orders"] }, kept.inputs)).toMatch(
			/^members: SR2023: Sales .* holds Orders, Ledger/,
		);
		expect(await refusalOf({ members: ["Ledger", "Orders"] }, kept.inputs)).toContain("SR2023");
		expect((await up({}, kept)).did).toBe("same");
		expect((await up({ members: undefined }, kept)).did).toBe("same");
		expect(sent()).toEqual(["CreateReplicationGroup"]);
	});

	test("what another hand changed in a relationship fails this resource's update alone, and sends nothing", async () => {
		const { kept } = await up({});
		await relate();
		await sites.change(({ groups = [] }) => {
			for (const each of groups) if (each.name === "Sales") each.members.reverse();
		});
		const { inputs, failures } = await check(session(), kept.inputs, sales);
		expect(failures).toEqual([]);
		expect(warnings.join()).toContain("SR2023");
		expect((await diff(session(), kept.outs, inputs)).changes).toBe(true);
		expect(await messageOf(update(session(), kept.id, kept.outs, inputs))).toMatch(/^SR2023: /);
		expect(sent()).toEqual(["CreateReplicationGroup"]);
	});

	test("a relationship that a cold cache hides is looked for before members are touched", async () => {
		const { kept } = await up({});
		await relate();
		await sites.addFault({ kind: "coldCache", host: "east", hides: "relationships" });
		expect(await refusalOf({ members: ["Orders"] }, kept.inputs)).toContain("SR2023");
		await sites.addFault({ kind: "coldCache", host: "east", hides: "relationships" });
		expect((await read(session(), kept.id, { ...kept.outs, related: true })).props).toMatchObject({ related: true });
	});

	test("a group that changed since the preview is left alone", async () => {
		const { kept } = await up({});
		const { inputs } = await check(session(), kept.inputs, { ...sales, members: ["Orders", "Ledger", "Stock"] });
		await sites.change(({ groups = [] }) => groups[0]?.members.reverse());
		expect(await messageOf(update(session(), kept.id, kept.outs, inputs))).toMatch(/^SR5005: .*Shown: 1. AddMember/);
		expect(sent()).toEqual(["CreateReplicationGroup"]);
	});

	test("renamed by another hand it is found by its id; a name that the program changes is another group", async () => {
		const made = await up({});
		const { kept } = await up({}, made.kept);
		await sites.change(({ groups = [] }) => {
			for (const each of groups) each.name = "Turnover";
		});
		const same = await up({}, kept);
		expect([same.did, same.planned]).toEqual(["same", []]);
		expect(warnings.join()).toContain("the group Sales is called Turnover");
		const followed = await up({ friendlyName: "Turnover" }, kept);
		expect([followed.did, followed.kept.id]).toEqual(["updated", kept.id]);
		for (const before of [
			kept,
			{ ...kept, inputs: { ...kept.inputs, friendlyName: "Turnover", uniqueId: undefined } },
		]) {
			const { inputs, failures } = await check(session(), before.inputs, { ...sales, friendlyName: "Revenue" });
			expect(failures, "its disks are in the group that ends first").toEqual([]);
			expect(inputs.plannedOperations).toEqual([
				"1. CreateReplicationGroup at east: Revenue is made of Orders, Ledger",
			]);
			expect(await diff(session(), before.outs, inputs)).toEqual({
				changes: true,
				replaces: ["friendlyName"],
				deleteBeforeReplace: true,
			});
		}
		expect(sent()).toEqual(["CreateReplicationGroup"]);
	});

	test("renamed right after it was made, before any check knew its id, the error names it, and its new name is followed", async () => {
		const { kept } = await up({});
		await sites.change(({ groups = [] }) => {
			for (const each of groups) each.name = "Turnover";
		});
		expect(await refusalOf({ members: ["Orders"] }, kept.inputs)).toContain('"Orders", is in the group Turnover');
		expect((await up({ friendlyName: "Turnover", members: ["Orders"] }, kept)).did).toBe("updated");
		expect(group("Turnover")).toEqual(["Orders"]);
	});

	test("another name, host or array with another group behind it is a replacement, the same group behind it is none", async () => {
		await groupsAre({ name: "Sales", members: ["Orders"] }, { name: "Books", members: ["Ledger"] });
		const { kept } = await up({ members: undefined });
		const asked = async (news: Bag) => {
			const { inputs } = await check(session(), kept.inputs, { ...sales, members: undefined, ...news });
			return diff(session(), kept.outs, inputs);
		};
		expect(await asked({ host: "management" })).toMatchObject({ changes: true, replaces: [] });
		expect(await asked({ friendlyName: "Books" })).toMatchObject({
			replaces: ["friendlyName"],
			deleteBeforeReplace: false,
		});
		const moved = await asked({ host: "west", storageSubsystem: "west-array", members: ["Orders-DR"] });
		expect(moved).toMatchObject({ replaces: ["host", "storageSubsystem"], deleteBeforeReplace: false });
	});

	test("an adopted group stays when its declaration goes to another name, and its disks with it: refused before anything", async () => {
		await groupsAre({ name: "Sales", members: ["Orders", "Ledger"] });
		const { kept } = await up({});
		const run = session();
		const news = { ...sales, friendlyName: "Revenue" };
		const { inputs } = await check(run, kept.inputs, news);
		expect(await diff(run, kept.outs, inputs)).toMatchObject({ changes: true, deleteBeforeReplace: false });
		expect(warnings.join()).toContain("the old one stays, and its disks in it (deletePolicy)");
		const { failures } = await check(run, {}, news);
		expect(failures[0]?.reason).toMatch(/^SR2001: members\[0\], "Orders", is in the group Sales/);
		expect(await messageOf(create(session(), inputs))).toMatch(/^SR2001: /);
		expect(sent()).toEqual([]);
	});

	test("a group that was made ends before the one of another name that takes its disks", async () => {
		const { kept } = await up({});
		const ran = await up({ friendlyName: "Revenue" }, kept);
		expect([ran.did, group(), group("Revenue")]).toEqual(["replaced", null, ["Orders", "Ledger"]]);
		expect(ran.kept.id).not.toBe(kept.id);
		expect(sent().slice(1)).toEqual(["RemoveMember", "DeleteObject", "CreateReplicationGroup"]);
	});

	test("a group that is gone is made anew, as another one", async () => {
		const { kept } = await up({});
		await sites.change((world) => {
			world.groups = [];
			world.deletedGroups = 1;
		});
		const { inputs } = await check(session(), kept.inputs, sales);
		expect(inputs.plannedOperations).toEqual(["1. CreateReplicationGroup at east: Sales is made of Orders, Ledger"]);
		expect(await messageOf(update(session(), kept.id, kept.outs, inputs))).toMatch(/^SR5005: /);
		const ran = await up({}, kept);
		expect([ran.did, group()]).toEqual(["replaced", ["Orders", "Ledger"]]);
		expect(ran.kept.id).not.toBe(kept.id);
		expect(sent()).toEqual(["CreateReplicationGroup", "CreateReplicationGroup"]);
	});

	test("a call that half of the members took is told with what is there, and the next up completes it", async () => {
		const { kept } = await up({ members: ["Orders"] });
		const news = { members: ["Orders", "Ledger", "Stock"] };
		const half = answering(({ addMembers }) => ({
			addMembers: (request) => addMembers({ ...request, memberObjectIds: request.memberObjectIds.slice(0, 1) }),
		}));
		expect(await messageOf(up(news, kept, half))).toMatch(
			/^SR3003: step 1 of 1, AddMember .*Sales holds Orders, Ledger/,
		);
		expect((await up(news, kept)).planned).toEqual(["1. AddMember at east: Stock joins Sales at its end"]);
		expect(group()).toEqual(["Orders", "Ledger", "Stock"]);
	});

	test("what a stopped call is to lead to is in the state: the next run does not wait for more than that", async () => {
		const { kept } = await up({ members: ["Orders"] });
		const news = { members: ["Orders", "Ledger", "Stock"] };
		const half: Session = session(({ groups }) => {
			if (groups === undefined) return;
			const { addMembers } = groups;
			groups.addMembers = async (request) => {
				await addMembers({ ...request, memberObjectIds: request.memberObjectIds.slice(0, 1) });
				half.cancel();
				throw new CallCutOff("the line broke.");
			};
		});
		const failed = await failureOf(up(news, kept, half));
		expect(failed.message).toMatch(/^SR5006: step 1 of 1, .*Sales holds Orders, Ledger/);
		const outs = failed.properties ?? {};
		expect(outs).toMatchObject({
			members: [idOf("Orders"), idOf("Ledger")],
			record: { made: true, sent: { kind: "add" } },
			__provider: "text",
		});
		await sites.change(({ groups = [] }) => groups[0]?.members.push(idOf("Stock")));
		const { inputs } = await check(session(), kept.inputs, { ...sales, ...news });
		const next = await update(session(), kept.id, outs, inputs);
		expect(heard.join("\n")).not.toContain("waits for");
		expect(next.outs.record).toEqual({ made: true });
	});

	test("a run that stops between two calls says so, and the next one goes on", async () => {
		const { kept } = await up({});
		const news = { members: ["Ledger", "Orders"] };
		const refusing = answering(() => ({ addMembers: async () => answerOf(5) }));
		expect(await messageOf(up(news, kept, refusing))).toMatch(/^SR3001: step 2 of 2, AddMember .*Sales holds Ledger/);
		expect((await up(news, kept)).planned).toEqual(["1. AddMember at east: Orders joins Sales at its end"]);
		expect(group()).toEqual(["Ledger", "Orders"]);
	});

	/** What others do when the engine is asked for a sign of life before the second call. */
	function beforeSecondCall(run: Session, happens: () => Promise<unknown>): Session {
		let fences = 0;
		const forResource = run.log.forResource.bind(run.log);
		run.log.forResource = (urn) => ({
			...forResource(urn),
			fence: async () => {
				if (++fences === 2) await happens();
			},
		});
		return run;
	}

	test.each(["with the first call", "right before the second"])(
		"a group that comes into a relationship %s gets no other call",
		async (when) => {
			const { kept } = await up({});
			const isEarly = when === "with the first call";
			const run = answering(({ removeMembers }) => ({
				removeMembers: async (request) => {
					const answer = await removeMembers(request);
					if (isEarly) await relate();
					return answer;
				},
			}));
			beforeSecondCall(run, async () => isEarly || relate());
			const message = await messageOf(up({ members: ["Ledger", "Orders"] }, kept, run));
			expect(message).toMatch(/^SR2023: step 2 of 2, AddMember .*Sales holds Ledger; done before it: 1. RemoveMember/);
			expect(sent()).toEqual(["CreateReplicationGroup", "RemoveMember"]);
		},
	);

	test("a group that somebody else changes right before the second call does not get it", async () => {
		const { kept } = await up({});
		const run = beforeSecondCall(session(), () =>
			sites.change(({ groups = [] }) => groups[0]?.members.push(idOf("Orders"))),
		);
		const message = await messageOf(up({ members: ["Ledger", "Orders"] }, kept, run));
		expect(message).toMatch(/^SR5005: step 2 of 2, AddMember .*the group changed while the run was on/);
		expect(sent()).toEqual(["CreateReplicationGroup", "RemoveMember"]);
	});

	test("a group that is gone right before its deletion gets no call that names nothing", async () => {
		const { kept } = await up({});
		const deleted: string[] = [];
		const run = answering(() => ({
			delete: async ({ groupObjectId }) => {
				deleted.push(groupObjectId);
				return answerOf(0);
			},
		}));
		beforeSecondCall(run, () =>
			sites.change((world) => {
				world.groups = [];
			}),
		);
		expect(await messageOf(remove(run, kept.id, kept.outs))).toMatch(/^SR5005: step 2 of 2, DeleteObject /);
		expect(deleted).toEqual([]);
		expect(await remove(session(), kept.id, kept.outs)).toBe("ended");
	});

	test("what stops a run between two calls is told with what was done", async () => {
		const { kept } = await up({});
		const run = answering(({ removeMembers }, host) => ({
			removeMembers: async (request) => {
				const answer = await removeMembers(request);
				const silent = async () => {
					throw new ReplicationError({
						code: errorCodes.hostUnreachable,
						class: "transport",
						what: "host east does not answer.",
						dataSafety: "yes, nothing was changed.",
						remedy: "restore it.",
					});
				};
				if (host.groups !== undefined) Object.assign(host, { groups: { ...host.groups, addMembers: silent } });
				return answer;
			},
		}));
		const message = await messageOf(up({ members: ["Ledger", "Orders"] }, kept, run));
		expect(message).toMatch(/^SR4001: step 2 of 2, AddMember .*: host east does not answer; .*Sales holds Ledger/);
		expect(message).toContain("done before it: 1. RemoveMember at east: Orders leaves Sales");
		expect(message).not.toContain("nothing was changed");
	});

	test("a first Ctrl-C: the call on the wire is heard out, and no other follows", async () => {
		const { kept } = await up({});
		const run: Session = answering(({ removeMembers }) => ({
			removeMembers: async (request) => {
				run.cancel();
				return removeMembers(request);
			},
		}));
		expect(await messageOf(up({ members: ["Ledger", "Orders"] }, kept, run))).toMatch(
			/^SR5006: cancelled before step 2 of 2/,
		);
		expect(group()).toEqual(["Ledger"]);
	});

	test("deletePolicy alone is stored, a reason alone is no change, and the reason is told with each call", async () => {
		const { kept } = await up({});
		expect((await up({ reason: "CHG-1" }, kept)).did).toBe("same");
		const ran = await up({ deletePolicy: "keep" }, kept);
		expect(ran.did).toBe("updated");
		expect(await remove(session(), kept.id, ran.kept.outs)).toBe("kept");
		await up({ members: ["Orders"], reason: "CHG-2" }, kept);
		expect(heard.join("\n")).toContain("1 of 1: RemoveMember at east: Ledger leaves Sales (CHG-2)");
	});
});
