Write-Output $env:STAGE
