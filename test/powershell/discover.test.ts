import { describe, expect, test } from "vitest";
import { describeWithPowerShell } from "./describeWithPowerShell";
import { lab } from "./lab";
import type { StandInState } from "./standIn";

const unreadOf = (unread: readonly { readonly hides: string }[]) => [...new Set(unread.map(({ hides }) => hides))];

describeWithPowerShell("the cache of the Storage service", () => {
	test.each(["done", "job"] as const)("cold, it says so, and knows the rest after Discover (%s)", async (discover) => {
		const { host, standIn } = lab((state) => {
			state.cold = "disks";
			state.settings.discover = discover;
		});
		const cold = await host.observe();
		expect(cold).toMatchObject({ disks: [], relationships: [] });
		expect(unreadOf(cold.unread)).toEqual(["disks", "relationships", "groups"]);
		expect(JSON.stringify(cold.unread)).toContain("CurrentCacheLevel 0");
		expect(await host.discoverArrays()).toEqual([]);
		expect(await host.observe()).toMatchObject({ disks: [{}, {}], relationships: [{}, {}], unread: [] });
		const calls = standIn.calls().filter(({ method }) => method === "Discover");
		expect(calls.map((call) => call.arguments)).toEqual([
			{ RootObject: "array:East", RunAsJob: true },
			{ RootObject: "array:West", RunAsJob: true },
		]);

		const unreadable = { id: "HRESULT 0x800706ba", category: "ConnectionError", message: "RPC" };
		standIn.change((state) => {
			state.faults = [{ on: "Get-CimClass", times: 9, kind: "error", ...unreadable }];
		});
		expect(await host.discoverArrays(), "without RunAsJob, which is better than not at all").toEqual([]);
		const last = standIn.calls().findLast(({ method }) => method === "Discover");
		expect(last?.arguments).toEqual({ RootObject: "array:West" });
	});

	test("an array that cannot be discovered stays unknown, and is named", async () => {
		const { host, standIn } = lab((state) => {
			state.trouble = [{ array: "East", id: "StorageWMI 46001", message: "East does not answer." }];
		});
		expect(await host.discoverArrays()).toEqual([
			expect.objectContaining({ hides: "disks", subsystem: "East" }),
			expect.objectContaining({ hides: "relationships", subsystem: "East" }),
			expect.objectContaining({ hides: "groups", subsystem: "East" }),
		]);
		for (const [discover, told] of [
			["jobFails", "the discovery broke off"],
			["jobErrs", "the discovery broke off"],
			[1, "return code 1, Not Supported"],
		] as const) {
			standIn.change((state) => {
				state.trouble = [];
				state.settings.discover = discover;
			});
			const undiscovered = await host.discoverArrays();
			expect(undiscovered).toHaveLength(6);
			expect(JSON.stringify(undiscovered)).toContain(told);
		}
	});

	test("a disk is discovered by itself, with how the provider keeps its cache", async () => {
		const { host, standIn } = lab();
		const [disk] = (await host.observe()).disks;
		const request = { diskObjectId: disk?.objectId ?? "" };
		expect(await host.discover(request)).toMatchObject({ returnCode: 0, cacheIsAutomatic: true });
		standIn.change((state) => {
			state.settings.cacheMode = 3;
		});
		expect(await host.discover(request)).toMatchObject({ returnCode: 0, cacheIsAutomatic: false });
	});

	describe("and a provider that does not serve the array", () => {
		const spaces = { name: "Windows Storage", manufacturer: "Microsoft", version: "10", type: 1, arrays: [] };
		const orders = ["first", "last"] as const;
		const beside = (order: (typeof orders)[number], foreignDiscover: number, change: (state: StandInState) => void) =>
			lab((state) => {
				if (order === "first") state.providers.unshift({ ...spaces, foreignDiscover });
				else state.providers.push({ ...spaces, foreignDiscover });
				change(state);
			});

		test.each(orders)("is not asked, whatever it would say (listed %s)", async (order) => {
			const { host, standIn } = beside(order, 0, (state) => {
				state.cold = "links";
				state.settings.discover = 1;
				state.settings.discoverDisk = 1;
			});
			expect(JSON.stringify(await host.discoverArrays())).toContain("return code 1, Not Supported");
			const [disk] = (await host.observe()).disks;
			expect(await host.discover({ diskObjectId: disk?.objectId ?? "" })).toMatchObject({ returnCode: 1 });
			standIn.change((state) => {
				state.settings.discover = "job";
				for (const provider of state.providers) provider.foreignDiscover = 1;
			});
			expect(await host.discoverArrays(), "its job is waited for").toEqual([]);
			standIn.change((state) => {
				state.settings.discoverDisk = "done";
			});
			const answer = await host.discover({ diskObjectId: disk?.objectId ?? "" });
			expect(answer).toMatchObject({ returnCode: 0, severalProviders: false });
			expect((await host.observe()).relationships).toHaveLength(2);
		});

		test.each(orders)("where no link tells whose the array is, any failure counts (listed %s)", async (order) => {
			const unlinked = (state: StandInState) => {
				state.settings.missingClasses = ["MSFT_StorageProviderToStorageSubSystem"];
			};
			const { host, standIn } = beside(order, 0, (state) => {
				unlinked(state);
				state.settings.discover = 1;
				state.settings.discoverDisk = 1;
			});
			const [disk] = (await host.observe()).disks;
			const request = { diskObjectId: disk?.objectId ?? "" };
			expect(JSON.stringify(await host.discoverArrays())).toContain("return code 1, Not Supported");
			expect(await host.discover(request)).toMatchObject({ returnCode: 1 });
			for (const notIts of [5, 8]) {
				standIn.change((state) => {
					state.settings.discover = "done";
					state.settings.discoverDisk = "done";
					for (const provider of state.providers) provider.foreignDiscover = notIts;
				});
				expect(await host.discoverArrays(), `${notIts} is not a word about the array`).toEqual([]);
				expect(await host.discover(request)).toMatchObject({ returnCode: 0 });
			}
		});
	});

	test("a refusal of Discover is one, whether it comes as a code or as an exception, and what helps is named", async () => {
		const { host, standIn } = lab((state) => {
			const notServed = { id: "HRESULT 0x80041024", category: "NotImplemented", message: "not capable" };
			state.faults = [{ on: "Discover", times: 9, kind: "error", ...notServed }];
		});
		const [disk] = (await host.observe()).disks;
		expect(await host.discover({ diskObjectId: disk?.objectId ?? "" })).toMatchObject({ returnCode: 1 });
		const unread = await host.discoverArrays();
		expect(JSON.stringify(unread)).toContain("return code 1, Not Supported");
		expect(JSON.stringify(unread)).toContain("set discover: never");
		standIn.change((state) => {
			state.faults = [
				{
					on: "Discover",
					times: 1,
					kind: "error",
					id: "HRESULT 0x80041001",
					category: "NotSpecified",
					message: "broke",
				},
			];
		});
		await expect(host.discover({ diskObjectId: disk?.objectId ?? "" })).rejects.toThrow("broke");
	});
});
