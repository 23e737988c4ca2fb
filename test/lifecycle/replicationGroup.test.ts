import { describe, expect, test } from "vitest";
import { CallCutOff } from "../../provider/executor/callCutOff";
import type { CallAnswer } from "../../provider/executor/host";
import { connectSimulator } from "../../provider/hosts/simulator";
import { check, create, diff, read, remove } from "../../provider/lifecycle/replicationGroup";
import type { Session } from "../../provider/lifecycle/session";
import { ReplicationError } from "../../provider/model/replicationError";
import {
	answering,
	answerOf,
	checked,
	group,
	groupsAre,
	idOf,
	refusalOf,
	relate,
	sales,
	sent,
	showing,
	up,
	useGroups,
} from "./salesGroup";
import { failureOf, heard, messageOf, session, sites, warnings } from "./session";

useGroups();

describe("create", () => {
	test("one that is not there is made with its members in order, and the next up finds nothing to do", async () => {
		const { kept, planned } = await up({});
		expect(planned).toEqual(["1. CreateReplicationGroup at east: Sales is made of Orders, Ledger"]);
		expect(group()).toEqual(["Orders", "Ledger"]);
		expect(kept.outs).toMatchObject({
			uniqueId: kept.id,
			members: [idOf("Orders"), idOf("Ledger")],
			related: false,
			plannedOperations: planned,
		});
		expect((await up({}, kept)).did).toBe("same");
		expect(sent()).toEqual(["CreateReplicationGroup"]);
	});

	test("one that is there is adopted, and kept when the resource goes", async () => {
		await groupsAre({ name: "Sales", members: ["Orders", "Ledger"] });
		const { kept, planned } = await up({});
		expect(planned).toEqual(["adopt: nothing to do"]);
		expect(kept.id).toBe("7000000000000090");
		expect(await remove(session(), kept.id, kept.outs)).toBe("kept");
		expect(sent()).toEqual([]);
		expect(group()).toEqual(["Orders", "Ledger"]);
	});

	test("one that is adopted with other members is given the declared ones, as the preview says", async () => {
		await groupsAre({ name: "Sales", members: ["Ledger", "Stock"] });
		const { planned } = await up({});
		expect(planned).toEqual([
			"1. AddMember at east: Orders joins Sales at its end",
			"2. RemoveMember at east: Ledger, Stock leave Sales",
			"3. AddMember at east: Ledger joins Sales at its end",
		]);
		expect(group()).toEqual(["Orders", "Ledger"]);
		expect(sent()).toEqual(["AddMember", "RemoveMember", "AddMember"]);
	});

	test("members that are left out are as found", async () => {
		await groupsAre({ name: "Sales", members: ["Stock"] });
		const { kept } = await up({ members: undefined });
		expect(kept.outs).toMatchObject({ members: [idOf("Stock")] });
		expect(sent()).toEqual([]);
	});

	test("two of one name are refused, and the id of one of them is taken", async () => {
		await groupsAre({ name: "Sales", members: ["Orders"] }, { name: "Sales", members: ["Ledger"] });
		expect(await refusalOf({})).toMatch(/^friendlyName: SR2006: host east has 2 replication groups .*7000000000000090/);
		const { kept } = await up({ friendlyName: "7000000000000091", members: undefined });
		expect(kept.outs).toMatchObject({ members: [idOf("Ledger")] });
	});

	test("an empty one only where the array has such groups", async () => {
		expect(await refusalOf({ members: [] })).toMatch(/^members: SR1022: Sales would be empty/);
		expect(await refusalOf({ members: undefined })).toContain("SR1022");
		await sites.array("east-array").groups({ features: [5] });
		const { kept } = await up({ members: undefined });
		expect(group()).toEqual([]);
		expect(await remove(session(), kept.id, kept.outs)).toBe("ended");
		expect(sent()).toEqual(["CreateReplicationGroup", "DeleteObject"]);
	});

	test("an array that answers with success and makes nothing is not believed", async () => {
		const inputs = await checked({});
		const run = answering(() => ({ create: async () => answerOf(0) }));
		expect(await messageOf(create(run, inputs))).toMatch(
			/^SR3008: step 1 of 1, CreateReplicationGroup .*no group Sales/,
		);
	});

	test("an array that gives it other members than asked for is told, and the next up goes on from there", async () => {
		const inputs = await checked({});
		const run = answering(({ create: made }) => ({
			create: (request) => made({ ...request, memberObjectIds: request.memberObjectIds.slice(0, 1) }),
		}));
		const failed = await failureOf(create(run, inputs));
		expect(failed.message).toMatch(/^SR3003: .*Sales holds Orders/);
		expect(failed.properties).toMatchObject({ __provider: "text", record: { made: true }, members: [idOf("Orders")] });
		const outs = failed.properties ?? {};
		const { kept } = await up({}, { id: String(outs.uniqueId), inputs, outs });
		expect(group()).toEqual(["Orders", "Ledger"]);
		expect(await remove(session(), kept.id, kept.outs)).toBe("ended");
	});

	const jobIn = (jobState: number) => {
		const none = { percentComplete: null, operationalStatus: [], errorCode: null, errorDescription: null };
		return { id: "job-1", jobState, ...none };
	};

	test("a job is waited for longer than a minute, and its end proves nothing", async () => {
		const inputs = await checked({});
		const withJob = (job: (looks: number) => Promise<number | null>) =>
			answering((_, host) => {
				let looks = 0;
				host.job = async () => {
					const state = await job(++looks);
					return state === null ? null : jobIn(state);
				};
				return { create: async () => answerOf(4096, "job-1") };
			});
		const created = (job: (looks: number) => Promise<number | null>) => messageOf(create(withJob(job), inputs));
		expect(await created(async (looks) => (looks < 3 ? 4 : 10))).toMatch(/^SR3002: .*job job-1 ended in state 10/);
		expect(await created(async () => 7), "ended well").toMatch(/^SR3008: .*no group Sales/);
		expect(await created(async () => null), "vanished").toMatch(/^SR3008: /);
		expect(await created(async () => 4), "hangs").toMatch(/^SR3004: .*not reached in 30 minutes/);
		const ending = withJob(async (looks) => {
			if (looks === 40) await groupsAre({ name: "Sales", members: ["Orders", "Ledger"] });
			return 4;
		});
		const { outs } = await create(ending, inputs);
		expect(outs).toMatchObject({ record: { made: true }, uniqueId: "7000000000000090" });
	});

	test("what an array shows only after a while is waited for", async () => {
		const inputs = await checked({});
		const run = answering((_, host) => {
			const observe = host.observe.bind(host);
			let looks = Number.NEGATIVE_INFINITY;
			host.observe = async () => {
				if (++looks === 10) await groupsAre({ name: "Sales", members: ["Orders", "Ledger"] });
				return observe();
			};
			return {
				create: async () => {
					looks = 0;
					return answerOf(0);
				},
			};
		});
		expect((await create(run, inputs)).outs).toMatchObject({ record: { made: true } });
	});

	test.each([
		["for a moment", 5, "no error"],
		["for good", 999, "SR4001"],
	])("a host that cannot be read %s after the call: nothing is sent again", async (_, times, expected) => {
		const inputs = await checked({});
		let calls = 0;
		const run = answering(({ create: make }, host) => {
			const observe = host.observe.bind(host);
			let silent = 0;
			host.observe = async () => {
				if (silent-- > 0) await sites.host("east").down();
				else await sites.host("east").up();
				return observe();
			};
			return {
				create: async (request) => {
					calls++;
					silent = times;
					return make(request);
				},
			};
		});
		expect(await messageOf(create(run, inputs))).toContain(expected);
		expect(calls).toBe(1);
		expect(group()).toEqual(["Orders", "Ledger"]);
	});

	test("what is not known after a call is told of the call, and nobody says that nothing was changed", async () => {
		const inputs = await checked({});
		const unreadable = answering(({ create: make }, host) => {
			const observe = host.observe.bind(host);
			let isSent = false;
			host.observe = async () => {
				const seen = await observe();
				const what = "not all groups could be read.";
				const unread = [{ hides: "groups" as const, subsystem: null, what, remedy: "wait." }];
				return isSent ? { ...seen, groups: [], unread } : seen;
			};
			return {
				create: async (request) => {
					isSent = true;
					return make(request);
				},
			};
		});
		const twice = answering(({ create: make }) => ({
			create: async (request) => {
				await make({ ...request, memberObjectIds: [] });
				return make(request);
			},
		}));
		await sites.array("east-array").groups({ features: [5] });
		for (const [run, reason] of [
			[
				unreadable,
				/^SR4001: step 1 of 1, CreateReplicationGroup .*not all groups could be read.*the call was sent.*last seen: no group/,
			],
			[twice, /^SR2006: step 1 of 1, CreateReplicationGroup .* 2 replication groups/],
		] as const) {
			await groupsAre();
			const message = await messageOf(create(run, inputs));
			expect(message).toMatch(reason);
			expect(message).toContain("Data safe: yes; no disk changes with its group");
			expect(message).not.toContain("nothing was changed");
		}
	});

	test("a host that falls silent after it refused says what it answered", async () => {
		const inputs = await checked({});
		const run = answering(() => ({
			create: async () => {
				await sites.host("east").down();
				return answerOf(5);
			},
		}));
		expect(await messageOf(create(run, inputs))).toMatch(/^SR3001: step 1 of 1, .*the array answered 5/);
	});

	test.each([
		[1, "SR3001", "Not Supported"],
		[2, "SR3001", "Unspecified Error"],
		[5, "SR3001", "Invalid Parameter"],
		[8, "SR3001", "Object Not Found"],
		[40001, "SR3006", "Access denied"],
		[40002, "SR3001", "There are not enough resources"],
		[40018, "SR3005", "The object is managed by Failover Clustering"],
		[12345, "SR3001", "undocumented return code"],
	])("return code %i: nothing is sent again, and the error has the code", async (code, error, wording) => {
		const inputs = await checked({});
		let calls = 0;
		const run = answering(() => ({
			create: async () => {
				calls++;
				return answerOf(code);
			},
		}));
		const message = await messageOf(create(run, inputs));
		expect(message).toContain(`${error}: step 1 of 1`);
		expect(message).toContain(`the array answered ${code}, ${wording}`);
		expect(calls).toBe(1);
		const { properties } = await failureOf(create(run, inputs));
		// 2 says nothing of the effect: what may show later is not to be taken for somebody else's.
		if (code === 2)
			expect(properties).toMatchObject({ uniqueId: "", record: { made: false, sent: { kind: "create" } } });
		else expect(properties).toBeUndefined();
	});

	test.each([5, 40003])(
		"return code %i, and somebody else made the group: it is found, and not told as made",
		async (code) => {
			const inputs = await checked({});
			const run = answering(() => ({
				create: async () => {
					await groupsAre({ name: "Sales", members: ["Orders", "Ledger"] });
					return answerOf(code);
				},
			}));
			const { id, outs } = await create(run, inputs);
			expect(outs).toMatchObject({ record: { made: false }, plannedOperations: ["adopt: nothing to do"] });
			expect(heard.join("\n")).toContain(`the array answered ${code}, `);
			expect(await remove(session(), id, outs)).toBe("kept");
			expect(group()).toEqual(["Orders", "Ledger"]);
		},
	);

	test("refused, and somebody else made one with other members: the refusal is told, and nothing is kept as ours", async () => {
		const inputs = await checked({});
		const run = answering(() => ({
			create: async () => {
				await groupsAre({ name: "Sales", members: ["Orders"] });
				return answerOf(5);
			},
		}));
		const failed = await failureOf(create(run, inputs));
		expect(failed.message).toMatch(/^SR3001: .*the array answered 5, .*Sales holds Orders/);
		expect(failed.properties).toBeUndefined();
	});

	test.each(["no answer", "answer 4"])("%s, and a group with other members: it may be anybody's", async (how) => {
		const inputs = await checked({});
		const run = answering(() => ({
			create: async () => {
				await groupsAre({ name: "Sales", members: ["Orders"] });
				if (how === "no answer") throw new CallCutOff("the line broke.");
				return answerOf(4);
			},
		}));
		const failed = await failureOf(create(run, inputs));
		expect(failed.message).toMatch(/^SR3003: .*Sales holds Orders/);
		expect(failed.properties).toMatchObject({ record: { made: false } });
	});

	test("a failure whose call took effect all the same is success", async () => {
		const inputs = await checked({});
		const run = answering(({ create: make }) => ({
			create: async (request) => ({ ...(await make(request)), returnCode: 3 }),
		}));
		expect((await create(run, inputs)).outs).toMatchObject({ record: { made: true } });
	});

	test("an old cache is refreshed and the call sent once more, if it is still the one", async () => {
		const inputs = await checked({});
		let calls = 0;
		const stale = (meanwhile: () => Promise<unknown>) =>
			answering(({ create: make }, host) => {
				const discover = host.discoverArrays.bind(host);
				host.discoverArrays = async () => {
					if (calls === 1) await meanwhile();
					return discover();
				};
				return {
					create: async (request) => {
						calls++;
						return calls === 1 ? answerOf(40003) : make(request);
					},
				};
			});
		await create(
			stale(() => Promise.resolve()),
			inputs,
		);
		expect([calls, group()]).toEqual([2, ["Orders", "Ledger"]]);
		calls = 0;
		await sites.change((world) => {
			world.groups = [];
		});
		const other = stale(() => groupsAre({ name: "Sales", members: ["Orders"] }));
		expect(await messageOf(create(other, inputs))).toContain("the array answered 40003");
		expect(calls).toBe(1);
	});

	test.each([true, false])(
		"a call that is cut off is looked after and never sent again (effect: %s)",
		async (effect) => {
			const inputs = await checked({});
			await sites.addFault({ kind: "cutOff", times: 1, effect });
			const made = await failureOf(
				create(
					answering(() => ({})),
					inputs,
				),
			);
			expect(sent()).toEqual(["CreateReplicationGroup"]);
			if (effect) expect([made.message, group()]).toEqual(["no error", ["Orders", "Ledger"]]);
			else expect(made.message).toMatch(/^SR4002: .*nothing changed in a minute/);
		},
	);

	test("killed between call and answer, the next up adopts what the call made", async () => {
		const inputs = await checked({});
		const killed = answering(({ create: make }) => ({
			create: async (request) => {
				await make(request);
				throw new Error("killed");
			},
		}));
		expect(await messageOf(create(killed, inputs))).toBe("killed");
		expect((await up({})).planned).toEqual(["adopt: nothing to do"]);
		expect(sent()).toEqual(["CreateReplicationGroup"]);
	});
});

describe("read", () => {
	test("sets nothing where nothing changed, and what is seen where it did", async () => {
		const { kept } = await up({});
		expect(await read(session(), kept.id, kept.outs)).toEqual({ id: kept.id, props: kept.outs });
		await relate();
		await sites.change(({ groups = [] }) => groups[0]?.members.reverse());
		const { props } = await read(session(), kept.id, kept.outs);
		expect(props).toEqual({ ...kept.outs, related: true, members: [idOf("Ledger"), idOf("Orders")] });
	});

	test("says gone only of a host that was read whole, and never takes another group of that name for it", async () => {
		const { kept } = await up({});
		await groupsAre({ name: "Sales", members: ["Orders", "Ledger"] });
		expect(await read(session(), kept.id, kept.outs)).toEqual({});
		const what = "not all groups could be read.";
		for (const subsystem of ["east-array", null]) {
			const unread = showing((seen) => ({
				...seen,
				groups: [],
				unread: [{ hides: "groups", subsystem, what, remedy: "wait." }],
			}));
			expect(await messageOf(read(session(unread), kept.id, kept.outs))).toMatch(
				/^SR4001: .*not all groups could be read/,
			);
		}
		const elsewhere = showing((seen) => ({
			...seen,
			unread: [{ hides: "groups", subsystem: "other", what, remedy: "wait." }],
		}));
		expect(await read(session(elsewhere), kept.id, kept.outs)).toEqual({});
	});

	test("counts nothing as gone, and no disk as misspelled, while disks of its array could not be read", async () => {
		const { kept } = await up({});
		const what = "not all disks could be read.";
		const unread = showing((seen) => ({
			...seen,
			groups: [],
			disks: seen.disks.filter(({ friendlyName }) => friendlyName === "Stock"),
			unread: [{ hides: "disks", subsystem: "east-array", what, remedy: "wait." }],
		}));
		expect(await messageOf(read(session(unread), kept.id, kept.outs))).toMatch(
			/^SR4001: .*not all disks could be read/,
		);
		const { groups: seen } = await connectSimulator({ name: "east", file: sites.file }).observe();
		const shown = showing((all) => ({
			...all,
			groups: seen ?? [],
			disks: all.disks.slice(0, 1),
			unread: [{ hides: "disks", subsystem: null, what, remedy: "wait." }],
		}));
		expect((await check(session(shown), {}, sales)).failures).toEqual([]);
		expect(warnings.join()).toContain("not all disks could be read");
	});

	test("a host that does not answer, or that lost sight of the array, is an error", async () => {
		const { kept } = await up({});
		await sites.host("east").down();
		expect(await messageOf(read(session(), kept.id, kept.outs))).toMatch(/^SR4001: /);
		await sites.host("east").up();
		const blind = showing((seen) => ({ ...seen, groups: [], disks: [], relationships: [] }));
		expect(await messageOf(read(session(blind), kept.id, kept.outs))).toMatch(
			/^SR4001: .*lists nothing of the storage/,
		);
	});
});

describe("a host that is silent", () => {
	test("fails no preview and is no change; what is declared newly fails in its own up", async () => {
		const { kept } = await up({});
		await sites.host("east").down();
		const { inputs, failures } = await check(session(), kept.inputs, sales);
		expect(failures).toEqual([]);
		expect(inputs).toMatchObject({ plannedOperations: [expect.stringMatching(/^not known: /)] });
		expect((await diff(session(), kept.outs, inputs)).changes).toBe(false);
		const fresh = await check(session(), {}, sales);
		expect(fresh.failures).toEqual([]);
		expect(await messageOf(create(session(), fresh.inputs))).toMatch(/^SR4001: /);
	});

	test("what is not known yet in a preview is not judged", async () => {
		const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
		const { inputs, failures } = await check(session(), {}, { ...sales, members: ["Orders", unknown] });
		expect(failures).toEqual([]);
		expect(inputs).toMatchObject({ plannedOperations: unknown, uniqueId: unknown, members: ["Orders", unknown] });
	});
});

describe("delete", () => {
	test("of one that was made takes all members out, deletes it, and looks for it", async () => {
		const { kept } = await up({});
		expect(await remove(session(), kept.id, kept.outs)).toBe("ended");
		expect(group()).toBeNull();
		expect(sent()).toEqual(["CreateReplicationGroup", "RemoveMember", "DeleteObject"]);
		expect(await remove(session(), kept.id, kept.outs), "gone already").toBe("ended");
		expect(sent()).toHaveLength(3);
	});

	test("in a relationship is refused, with nothing sent", async () => {
		const { kept } = await up({});
		await relate();
		expect(await messageOf(remove(session(), kept.id, kept.outs))).toMatch(/^SR2023: .*end the GroupReplication first/);
		expect(sent()).toEqual(["CreateReplicationGroup"]);
		const keeping = { ...kept.outs, deletePolicy: "keep" };
		expect(await remove(session(), kept.id, keeping)).toBe("kept");
	});

	test("of an adopted one if the program says so", async () => {
		await groupsAre({ name: "Sales", members: ["Orders", "Ledger"] });
		const { kept } = await up({ deletePolicy: "delete" });
		expect(await remove(session(), kept.id, kept.outs)).toBe("ended");
		expect(group()).toBeNull();
	});

	test("that stops half way says why, in one line, and goes on in the next run", async () => {
		const { kept } = await up({});
		const run = answering(() => ({ delete: async () => answerOf(5) }));
		const error = await failureOf(remove(run, kept.id, kept.outs));
		// What has a code is told without a stack (inOneLine).
		expect(error).toBeInstanceOf(ReplicationError);
		expect(error.message).toMatch(/^SR3001: step 2 of 2, DeleteObject at east: .*Sales holds no disk/);
		expect(await remove(session(), kept.id, kept.outs)).toBe("ended");
		expect(sent()).toEqual(["CreateReplicationGroup", "RemoveMember", "DeleteObject"]);
	});

	/** DeleteObject is answered otherwise, and the next looks do not show the group. */
	function deletingUnseen(answered: () => Promise<CallAnswer>, until: "some looks" | "discovered"): Session {
		let hidden = 0;
		return answering((_, host) => {
			const observe = host.observe.bind(host);
			host.observe = async () => {
				const seen = await observe();
				return hidden-- > 0 ? { ...seen, groups: [] } : seen;
			};
			const discoverArrays = host.discoverArrays.bind(host);
			host.discoverArrays = async () => {
				if (until === "discovered") hidden = 0;
				return discoverArrays();
			};
			return {
				delete: async () => {
					hidden = until === "discovered" ? 1_000 : 3;
					return answered();
				},
			};
		});
	}

	test.each(["some looks", "discovered"] as const)(
		"that is refused while the group is hidden until %s is refused",
		async (until) => {
			const { kept } = await up({});
			const run = deletingUnseen(async () => answerOf(5), until);
			expect(await messageOf(remove(run, kept.id, kept.outs))).toMatch(/^SR3001: step 2 of 2, .*the array answered 5/);
			expect(group()).toEqual([]);
		},
	);

	test("whose answer never comes is not told as done by looks that hide the group", async () => {
		const { kept } = await up({});
		const run = deletingUnseen(async () => {
			throw new CallCutOff("the line broke.");
		}, "some looks");
		expect(await messageOf(remove(run, kept.id, kept.outs))).toMatch(/^SR4002: step 2 of 2, /);
		expect(group()).toEqual([]);
	});

	test("that is refused because the group is gone by now has ended", async () => {
		const { kept } = await up({});
		const run = answering(({ delete: end }) => ({
			delete: async (request) => {
				await end(request);
				return answerOf(8);
			},
		}));
		expect(await remove(run, kept.id, kept.outs)).toBe("ended");
	});

	test("of an array that deletes a group with its last member ends there", async () => {
		const deleted: string[] = [];
		const { kept } = await up({});
		const run = answering(({ removeMembers }) => ({
			removeMembers: async (request) => {
				const answer = await removeMembers(request);
				await sites.change((world) => {
					world.groups = [];
				});
				return answer;
			},
			delete: async ({ groupObjectId }) => {
				deleted.push(groupObjectId);
				return answerOf(8);
			},
		}));
		expect(await remove(run, kept.id, kept.outs)).toBe("ended");
		expect(sent()).toEqual(["CreateReplicationGroup", "RemoveMember"]);
		expect(deleted).toEqual([]);
	});

	test("sends nothing for a group that the same run declares under another name", async () => {
		const { kept } = await up({});
		const run = session();
		const renamed = { ...sales, resourceUrn: `${String(sales.resourceUrn)}-renamed` };
		const { inputs } = await check(run, {}, renamed);
		await create(run, { ...inputs, __provider: "text" });
		expect(await remove(run, kept.id, kept.outs)).toBe("kept");
		expect(heard.join("\n")).toContain("this run declares it as sales-renamed");
		expect(group()).toEqual(["Orders", "Ledger"]);
	});

	test("is not done by a group that the host does not show for sure", async () => {
		const { kept } = await up({});
		const what = "not all groups could be read.";
		const unread = showing((seen) => ({
			...seen,
			groups: [],
			unread: [{ hides: "groups", subsystem: null, what, remedy: "wait." }],
		}));
		expect(await messageOf(remove(session(unread), kept.id, kept.outs))).toMatch(/^SR4001: /);
		expect(group()).toEqual(["Orders", "Ledger"]);
	});
});
