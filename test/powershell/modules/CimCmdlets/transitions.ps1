# What the methods do: one array that behaves as ../shared/docs/replication-model.md §3 describes.

function New-Answer([int]$Code, [string]$Message) { return @{ ReturnValue = $Code; Message = $Message; Outputs = @{}; AsException = $false } }

function Invoke-Method($State, $Instance, [string]$MethodName, $Arguments, [string]$Computer) {
	$answer = Invoke-MethodPlainly $State $Instance $MethodName $Arguments $Computer
	$answer.AsException = ($State.settings.codesAs -eq 'exception')
	return $answer
}

function Invoke-MethodPlainly($State, $Instance, [string]$MethodName, $Arguments, [string]$Computer) {
	$names = @('Invoke-CimMethod', $MethodName)
	if ($Arguments.Contains('Operation')) { $names += "$MethodName $($Arguments['Operation'])" }
	$dictated = Find-DictatedCode $State $names
	if ($null -ne $dictated) { return (New-Answer $dictated "dictated $dictated") }
	if ([string]$Instance.CimSystemProperties.ClassName -eq 'MSFT_ReplicationGroup' -or $MethodName -eq 'CreateReplicationGroup') { return (Invoke-GroupMethod $State $Instance $MethodName $Arguments) }
	switch ($MethodName) {
		'Discover' { return (Start-Discovery $State ([string]$Arguments['RootObject'].ObjectId) ([string]$Instance.Name)) }
		'Optimize' { return (Start-Optimization $State $Instance) }
		'SetReplicationRelationship' { return (Set-Relationship $State $Instance $Arguments) }
		'CreateReplica' { return (New-Relationship $State $Instance $Arguments) }
		default { return (Get-Advertised $State $Instance $MethodName) }
	}
}

# A disk as root renews that disk; links and disks that nobody knows yet come with their array only.
# A provider that does not serve the array says what it says, and discovers nothing.
function Start-Discovery($State, [string]$Root, [string]$Provider) {
	$asked = $State.providers | Where-Object { $null -ne $_ -and $_.name -eq $Provider } | Select-Object -First 1
	$array = if ($Root.StartsWith('array:')) { $Root.Substring(6) } else { ($State.disks | Where-Object { $_.objectId -eq $Root } | Select-Object -First 1).array }
	if ($null -ne $array -and @($asked.arrays) -notcontains $array) { return (New-Answer ([int]$asked.foreignDiscover) '') }
	$ofDisk = $State.settings.discoverDisk
	if (-not $Root.StartsWith('array:') -and $ofDisk -ne 'done') { return (New-Answer ([int]$ofDisk) 'no discovery of disks') }
	$State.stale = $false
	if (-not $Root.StartsWith('array:')) { return (New-Answer 0 '') }
	$how = $State.settings.discover
	if ($how -ne 'done' -and $how -ne 'job' -and $how -ne 'jobFails' -and $how -ne 'jobErrs') { return (New-Answer ([int]$how) 'no discovery') }
	if (@($State.trouble | ForEach-Object { 'array:' + $_.array }) -contains $Root) { return (New-Answer 46001 'the provider cannot reach the array') }
	if ($how -ne 'jobFails' -and $how -ne 'jobErrs') {
		$State.cold = 'no'
		Update-SecondProvider $State $Root
	}
	$answer = New-Answer $(if ($how -eq 'done') { 0 } else { 4096 }) ''
	if ($how -eq 'done') { return $answer }
	$job = New-EndedJob $Root
	if ($how -eq 'jobFails') { $job.state = 10 }
	if ($how -ne 'job') { $job.errorCode = 4; $job.errorDescription = 'the discovery broke off' }
	Add-EndedJob $State $job $answer
	return $answer
}

function New-EndedJob([string]$Affects) {
	return [pscustomobject]@{ id = 'job:' + [guid]::NewGuid().ToString(); state = 7; percent = 100; operationalStatus = @(17, 2); errorCode = $null; errorDescription = $null; affects = @($Affects) }
}

function Add-EndedJob($State, $Job, $Answer) {
	$State.jobs = @($State.jobs | Where-Object { $null -ne $_ }) + $Job
	$Answer.Outputs['CreatedStorageJob'] = Get-Reference $State 'MSFT_StorageJob' $Job.id
}

function Start-Optimization($State, $Pool) {
	$answer = New-Answer 4096 ''
	Add-EndedJob $State (New-EndedJob $Pool.ObjectId) $answer
	return $answer
}

function Get-Advertised($State, $Instance, [string]$MethodName) {
	$array = $State.arrays | Where-Object { 'capabilities:' + $_.friendlyName -eq $Instance.ObjectId }
	$answer = New-Answer 0 ''
	switch ($MethodName) {
		'GetSupportedOperations' { if ($null -eq $array.operations) { return (New-Answer 1 'not supported') }; $answer.Outputs['SupportedOperations'] = [uint16[]]@($array.operations) }
		'GetSupportedGroupOperations' { if ($null -eq $array.groupOperations) { return (New-Answer 1 'not supported') }; $answer.Outputs['SupportedGroupOperations'] = [uint16[]]@($array.groupOperations) }
		'GetSupportedGroupFeatures' { $answer.Outputs['Features'] = [uint16[]]@($array.groupFeatures) }
		'GetSupportedFeatures' { $answer.Outputs['Features'] = [uint16[]]@($array.features) }
		'GetSupportedCopyStates' { $answer.Outputs['SupportedCopyStates'] = [uint16[]]@(3, 4, 5, 6, 7, 8, 9, 10, 12) }
	}
	return $answer
}

function Set-Relationship($State, $Disk, $Arguments) {
	if ($State.stale) { return (New-Answer 40003 'Cache out of date') }
	$operation = [int]$Arguments['Operation']
	$own = $State.disks | Where-Object { $_.objectId -eq $Disk.ObjectId }
	if (@($State.trouble | ForEach-Object { $_.array }) -contains $own.array) { return (New-Answer 46001 'the provider cannot reach the array') }
	$peer = [string]$Arguments['VirtualDiskReplicaPeer'].PeerUniqueId
	$relationship = $State.relationships | Where-Object { ($_.source -eq $own.uniqueId -and $_.target -eq $peer) -or ($_.target -eq $own.uniqueId -and $_.source -eq $peer) } | Select-Object -First 1
	if ($null -eq $relationship) { return (New-Answer 8 'no such relationship') }
	$array = $State.arrays | Where-Object { $_.friendlyName -eq $own.array }
	if ($null -ne $array.operations -and $array.operations -notcontains $operation) { return (New-Answer 1 "operation $operation is not supported") }
	if (@($State.transitions | Where-Object { $null -ne $_ -and $_.relationship -eq $relationship.id }).Count -gt 0) { return (New-Answer 6 'in use') }
	$step = Get-Step $State $relationship $operation @($array.features) ($relationship.target -eq $own.uniqueId)
	if ($null -eq $step) { return (New-Answer 5 "operation $operation is not possible in CopyState $($relationship.copyState)") }
	$State.effects = @($State.effects | Where-Object { $null -ne $_ }) + $operation
	return (Start-Transition $State $relationship $step ($Arguments.Contains('RunAsJob') -and $Arguments['RunAsJob']))
}

# Where an operation leads: during = states while it runs, then = states afterwards. Null: refused.
function Get-Step($State, $Relationship, [int]$Operation, $Features, [bool]$AtTarget) {
	$copy = [int]$Relationship.copyState
	$requires = [int]$Relationship.progressStatus
	$copying = @{ copyState = 3; progressStatus = 6; percentSynced = 50 }
	$synchronized = @{ copyState = 4; progressStatus = 2; percentSynced = 100 }
	$source = Get-Disk $State $Relationship.source
	switch ($Operation) {
		22 { if ($copy -eq 4 -or $copy -eq 3) { return @{ during = @{ progressStatus = 16 }; then = @{ copyState = 9; progressStatus = 2 } } } }
		12 {
			if ($requires -eq 17) { return @{ during = @{ progressStatus = 9 }; then = @{ copyState = $(if ($copy -eq 10) { 10 } else { 6 }); progressStatus = 2 } } }
			if ($copy -eq 4) { return @{ during = @{ progressStatus = 9 }; then = @{ copyState = 6; progressStatus = 2 } } }
		}
		21 { if ($copy -eq 4) { return @{ during = @{ progressStatus = 10 }; then = @{ copyState = 7; progressStatus = 2 } } } }
		16 { if ($copy -eq 9) { return @{ during = $copying; then = $synchronized } } }
		14 {
			if ($requires -eq 18 -or 6, 7, 9, 12, 13 -contains $copy -or ($copy -eq 5 -and $Features -notcontains 15)) {
				$end = @{ copyState = 4; progressStatus = $(if ($Features -contains 22) { 19 } else { 2 }); percentSynced = 100 }
				return @{ during = @{ copyState = 3; progressStatus = 7; percentSynced = 50 }; then = $end }
			}
		}
		4 { if ($requires -eq 19 -or 8, 11 -contains $copy) { return @{ during = $copying; then = $synchronized } } }
		10 {
			if ($copy -eq 10) {
				if ($State.settings.failoverToggles) { return @{ during = @{ progressStatus = 12 }; then = $synchronized } }
				return $null
			}
			$from = @(4)
			$wants = @(@{ 47 = 6; 54 = 6; 48 = 7 }.GetEnumerator() | Where-Object { $Features -contains $_.Key } | ForEach-Object { $_.Value })
			if ($wants.Count -gt 0) { $from = $wants }
			if ($AtTarget) { $from = @(4, 5, 6, 7, 9, 13) }
			if ($from -contains $copy) { return @{ during = @{ progressStatus = 11 }; then = @{ copyState = 10; progressStatus = 2 } } }
		}
		11 { if ($copy -eq 10) { return @{ during = @{ progressStatus = 12 }; then = $synchronized } } }
		20 {
			$from = @(@{ 29 = 4; 30 = 6; 31 = 7; 32 = 10; 33 = 9 }.GetEnumerator() | Where-Object { $Features -contains $_.Key } | ForEach-Object { $_.Value })
			if ($from.Count -eq 0) { $from = @(4, 10) }
			if ($from -notcontains $copy -or ($Features -contains 19 -and $source.access -ne 1)) { return $null }
			if ($copy -eq 10 -and ($Features -contains 52 -or $Features -contains 53)) { return $null }
			if ($Features -contains 20) { return @{ during = @{}; then = @{ copyState = $(if ($copy -eq 10) { 9 } else { $copy }); progressStatus = 18; swap = $true } } }
			if ($copy -eq 10) { return @{ during = @{}; then = @{ copyState = 9; progressStatus = 2; swap = $true } } }
			return @{ during = @{}; then = @{ copyState = $copy; progressStatus = 2; swap = $true } }
		}
		17 { if (4, 9, 3 -contains $copy) { return @{ during = @{}; then = @{ syncMode = 2; behindSeconds = $null } } } }
		18 { if (4, 9, 3 -contains $copy) { return @{ during = @{}; then = @{ syncMode = 3; behindSeconds = 0 } } } }
		8 { if ($Features -notcontains 16) { return @{ during = @{}; then = @{ remove = $true } } } }
		9 { if ($Features -notcontains 16 -and -not ($copy -eq 10 -and $Features -contains 53)) { return @{ during = @{}; then = @{ remove = $true } } } }
		19 { if ($Features -notcontains 16 -and $Relationship.syncType -eq 7 -and $copy -ne 3) { return @{ during = @{}; then = @{ remove = $true; removeTarget = $true } } } }
		15 { if (6, 7 -contains $copy) { return @{ during = @{ progressStatus = 8 }; then = $synchronized } } }
		2 { if ($copy -eq 3) { return @{ during = @{ progressStatus = 13 }; then = @{ copyState = 12; progressStatus = 2 } } } }
		7 { if (4, 3 -contains $copy) { return @{ during = @{}; then = @{ copyState = 8; progressStatus = 2 } } } }
		23 { if ($copy -eq 11) { return @{ during = @{}; then = @{ copyState = 2; progressStatus = 2 } } } }
	}
	return $null
}

function Start-Transition($State, $Relationship, $Step, [bool]$RunAsJob) {
	$answer = New-Answer 0 ''
	$before = @{ copyState = $Relationship.copyState; progressStatus = $Relationship.progressStatus; percentSynced = $Relationship.percentSynced }
	$transition = [pscustomobject]@{ relationship = $Relationship.id; then = $Step.then; before = $before; readsLeft = [int]$State.settings.reads; job = $null; outcome = 'complete' }
	if ($State.settings.jobs -ne 'never' -and ($RunAsJob -or $State.settings.jobs -eq 'always')) {
		$id = 'job:' + [guid]::NewGuid().ToString()
		# The peer as the source's host has it, who may not see the other disk.
		$affects = @($Relationship.source, $Relationship.target | ForEach-Object { (Get-Disk $State $_).objectId })
		if (-not (Test-Local $Relationship (Get-DiskTable $State))) { $affects += 'peer:' + $Relationship.id + ':target' }
		$State.jobs = @($State.jobs | Where-Object { $null -ne $_ }) + [pscustomobject]@{ id = $id; state = 4; percent = 0; operationalStatus = @(2); errorCode = $null; errorDescription = $null; affects = $affects }
		$transition.job = $id
		$transition.outcome = $State.settings.jobOutcome
		$answer.ReturnValue = 4096
		if ($State.settings.jobReference) { $answer.Outputs['CreatedStorageJob'] = (Get-Reference $State 'MSFT_StorageJob' $id) }
	}
	Set-Members $Relationship $Step.during
	$State.transitions = @($State.transitions | Where-Object { $null -ne $_ }) + $transition
	if ($transition.readsLeft -le 0) { Complete-Transition $State $transition }
	return $answer
}

function Set-Members($Object, $Values) {
	if ($null -eq $Values) { return }
	if ($Values -is [System.Collections.IDictionary]) { foreach ($key in @($Values.Keys)) { if ($Object.PSObject.Properties[$key]) { $Object.$key = $Values[$key] } } }
	else { foreach ($property in $Values.PSObject.Properties) { if ($Object.PSObject.Properties[$property.Name]) { $Object.($property.Name) = $property.Value } } }
}

function Read-Flag($Values, [string]$Name) {
	if ($Values -is [System.Collections.IDictionary]) { return [bool]$Values[$Name] }
	return ($null -ne $Values.PSObject.Properties[$Name] -and [bool]$Values.$Name)
}

# Every look at the links or the jobs brings what is under way one step further.
function Step-Transitions($State) {
	$running = @($State.transitions | Where-Object { $null -ne $_ })
	$ended = @($State.jobs | Where-Object { $null -ne $_ -and $_.state -ge 7 })
	if ($running.Count -eq 0 -and $ended.Count -eq 0) { return }
	foreach ($transition in $running) {
		$transition.readsLeft = [int]$transition.readsLeft - 1
		if ($transition.readsLeft -le 0) { Complete-Transition $State $transition }
	}
	Save-State $State
}

function Complete-Transition($State, $Transition) {
	$relationship = $State.relationships | Where-Object { $_.id -eq $Transition.relationship } | Select-Object -First 1
	$State.transitions = @($State.transitions | Where-Object { $null -ne $_ -and $_.relationship -ne $Transition.relationship })
	$job = $State.jobs | Where-Object { $null -ne $_ -and $_.id -eq $Transition.job } | Select-Object -First 1
	if ($Transition.outcome -eq 'fail') {
		Set-Members $relationship $Transition.before
		if ($null -ne $job) { $job.state = 10; $job.operationalStatus = @(17, 6); $job.errorCode = 4; $job.errorDescription = 'the array gave up' }
		return
	}
	if (Read-Flag $Transition.then 'remove') { $State.relationships = @($State.relationships | Where-Object { $_.id -ne $Transition.relationship }) }
	if (Read-Flag $Transition.then 'removeTarget') { $State.disks = @($State.disks | Where-Object { $_.uniqueId -ne $relationship.target }) }
	if (-not (Read-Flag $Transition.then 'remove')) {
		Set-Members $relationship $Transition.then
		if (Read-Flag $Transition.then 'swap') { $source = $relationship.source; $relationship.source = $relationship.target; $relationship.target = $source }
	}
	if ($null -eq $job) { return }
	if ($Transition.outcome -eq 'vanish') { $State.jobs = @($State.jobs | Where-Object { $_.id -ne $Transition.job }) }
	else { $job.state = 7; $job.percent = 100; $job.operationalStatus = @(17, 2) }
}

function New-Relationship($State, $Disk, $Arguments) {
	if ($State.stale) { return (New-Answer 40003 'Cache out of date') }
	$own = $State.disks | Where-Object { $_.objectId -eq $Disk.ObjectId }
	$subsystem = [string]$Arguments['TargetStorageSubsystem'].PeerSubsystemName
	if (@($State.arrays | Where-Object { $_.friendlyName -eq $subsystem }).Count -eq 0) { return (New-Answer 8 "no array $subsystem") }
	# Stricter than Windows may be: nobody knows whether it insists on an argument without a default.
	$settings = $Arguments['ReplicationSettings']
	if ($null -eq $settings -and $State.settings.replicationSettings -ne 'noParameter' -and @($State.settings.missingClasses) -notcontains 'MSFT_ReplicationSettings') { return (New-Answer 5 'no ReplicationSettings') }
	if ($Arguments.Contains('TargetVirtualDiskObjectId')) {
		$target = $State.disks | Where-Object { $_.objectId -eq $Arguments['TargetVirtualDiskObjectId'] }
		if ($null -eq $target) { return (New-Answer 50000 'no such disk') }
	} else {
		$name = [string]$Arguments['FriendlyName']
		$id = [guid]::NewGuid().ToString('N')
		if ($State.settings.ownNames) { $name = 'vol-' + $id.Substring(0, 4) }
		$target = [pscustomobject]@{ objectId = 'disk:' + $id; uniqueId = $id; friendlyName = $name; array = $subsystem; access = 1 }
		$State.disks = @($State.disks) + $target
	}
	$mode = if ($null -ne $settings -and $settings.PSObject.Properties['SyncMode']) { $settings.SyncMode } else { $State.settings.newSyncMode }
	$relationship = [pscustomobject]@{ id = [guid]::NewGuid().ToString('N'); source = $own.uniqueId; target = $target.uniqueId; copyState = 3; progressStatus = 4; syncMode = [int]$mode; syncType = [int]$Arguments['SyncType']; percentSynced = 0; behindSeconds = $null }
	$State.relationships = @($State.relationships | Where-Object { $null -ne $_ }) + $relationship
	$answer = Start-Transition $State $relationship @{ during = @{ copyState = 3; progressStatus = 6; percentSynced = 10 }; then = @{ copyState = 4; progressStatus = 2; percentSynced = 100 } } ($Arguments.Contains('RunAsJob') -and $Arguments['RunAsJob'])
	# With a job only what it affects names the new disk.
	if ($answer.ReturnValue -eq 0) { $answer.Outputs['CreatedReplicaPeer'] = Get-PeerInstance $State $relationship 'target' (Get-DiskTable $State) }
	return $answer
}
