# Runs errorIds.ps1 as a local user who is no administrator, made for this and removed after it, and hands on what it wrote.
# The password is made here and never leaves this process.
$ErrorActionPreference = 'Stop'
$name = 'srt-' + [guid]::NewGuid().ToString('N').Substring(0, 8)
$folder = Join-Path $env:PUBLIC $name
$random = [byte[]]::new(24)
$generator = [System.Security.Cryptography.RandomNumberGenerator]::Create()
$generator.GetBytes($random)
$generator.Dispose()
$password = ConvertTo-SecureString ('aA1!' + [Convert]::ToBase64String($random)) -AsPlainText -Force
$null = New-Item -ItemType Directory -Path $folder
try {
	$null = New-LocalUser -Name $name -Password $password
	Add-LocalGroupMember -SID 'S-1-5-32-545' -Member $name
	Copy-Item -LiteralPath $env:BOOTSTRAP, (Join-Path $PSScriptRoot 'errorIds.ps1') -Destination $folder
	$out = Join-Path $folder 'out'
	$err = Join-Path $folder 'err'
	$null = New-Item -ItemType File -Path $out, $err
	# The environment of the other account is its own: what the script needs is set in its command.
	$command = '$env:BOOTSTRAP = ''{0}''; $env:CLASSES = ''{1}''; & ''{2}''' -f (Join-Path $folder 'bootstrap.ps1'), $env:CLASSES, (Join-Path $folder 'errorIds.ps1')
	$encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($command))
	$credential = [System.Management.Automation.PSCredential]::new($env:COMPUTERNAME + '\' + $name, $password)
	$process = Start-Process -FilePath (Join-Path $PSHOME 'powershell.exe') -ArgumentList '-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass', '-EncodedCommand', $encoded -Credential $credential -LoadUserProfile -WorkingDirectory $folder -RedirectStandardOutput $out -RedirectStandardError $err -Wait -PassThru
	[Console]::Out.WriteLine([System.IO.File]::ReadAllText($out))
	[Console]::Error.WriteLine([System.IO.File]::ReadAllText($err))
	exit $process.ExitCode
} finally {
	Remove-LocalUser -Name $name -ErrorAction SilentlyContinue
	Remove-Item -LiteralPath $folder -Recurse -Force -ErrorAction SilentlyContinue
}
