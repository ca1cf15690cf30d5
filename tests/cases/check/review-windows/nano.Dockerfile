FROM mcr.microsoft.com/windows/nanoserver:ltsc2022
COPY app.exe C:/app/app.exe
USER ContainerUser
ENTRYPOINT ["C:\\app\\app.exe"]
